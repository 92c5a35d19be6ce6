import Alerting
import PromQL
import Telemetry
import Testing

struct RulePreviewTests {
    private static let current = """
        groups:
          - name: heat
            rules:
              - {record: double_heat, expr: heat * 2}
              - {alert: Hot, expr: double_heat > 20, labels: {severity: minor}}
              - {alert: Silent, expr: absent(heat), labels: {code: G1}}
        """

    private static func groups(_ text: String) throws -> [RuleGroup] {
        try RuleFile.parse(text: text, file: "rules.yaml").groups
    }

    private static func preview(
        _ tried: String,
        limits: AlertingLimits = AlertingLimits(),
        through last: Int = 60,
        step: Milliseconds = .minutes(1)
    ) throws -> RulePreview {
        var scenario = try Scenario(rules: current)
        for (device, hot) in [("bếp-1", [10..<20, 30..<33]), ("bếp-2", [50..<61])] {
            scenario.add("heat", ["device": device, "village": "Nà Ếch"], minutes: 0...60) {
                minute in hot.contains { $0.contains(minute) } ? 15 : 5
            }
        }
        return try RulePreview(
            of: try groups(tried),
            current: try groups(current),
            times: Scenario.minute(0)...Scenario.minute(last),
            step: step,
            limits: limits,
            source: scenario.source
        )
    }

    private static func place(_ place: AlarmFigures.Place) -> String {
        let minutes = place.total.count / 60_000
        return "\(place.name) \(place.labels["village"] ?? "?") \(place.alarms) \(minutes)"
    }

    @Test func `alarms are counted beside those of the current rule of that name`() throws {
        let tried = "groups: [{name: new, rules: [{alert: Hot, expr: heat > 10, for: 5m}]}]"
        let preview = try Self.preview(tried)
        #expect(preview.lines.map(\.name) == ["Hot"])
        #expect(preview.failureCount == 0)
        let line = try #require(preview.lines.first)
        #expect(line.tried.alarms == 2)
        #expect(line.tried.total == .minutes(5 + 5))
        #expect(line.tried.longest == .minutes(5))
        #expect(line.tried.places.map(Self.place) == ["bếp-1 Nà Ếch 1 5", "bếp-2 Nà Ếch 1 5"])
        let current = try #require(line.current)
        #expect(current.alarms == 3)
        #expect(current.total == .minutes(10 + 3 + 10))
        #expect(current.longest == .minutes(10))
        #expect(current.places.map(Self.place) == ["bếp-1 Nà Ếch 2 13", "bếp-2 Nà Ếch 1 10"])
    }

    @Test func `a rule like the current one gives what it gives, a new one has none beside it`()
        throws
    {
        let preview = try Self.preview(
            Self.current + "\n      - {alert: Warm, expr: heat > 4}"
        )
        #expect(preview.lines.map(\.name) == ["Hot", "Silent", "Warm"])
        #expect(preview.lines[0].tried == preview.lines[0].current)
        #expect(preview.lines[0].tried.alarms == 3)
        #expect(preview.lines[1].tried.alarms == 0)
        #expect(preview.lines[2].tried.alarms == 2)
        #expect(preview.lines[2].current == nil)
    }

    @Test func `a recorded series that is tried reaches the rules that read it`() throws {
        let tried = """
            groups:
              - name: new
                rules:
                  - {record: double_heat, expr: heat * 3}
                  - {alert: VeryHot, expr: double_heat > 40}
            """
        #expect(try Self.preview(tried).lines.first?.tried.alarms == 3)
        let reading = "groups: [{name: new, rules: [{alert: Read, expr: double_heat == 30}]}]"
        #expect(try Self.preview(reading).lines.first?.tried.alarms == 3)
    }

    @Test func `failures are counted and told`() throws {
        let tried = "groups: [{name: new, limit: 1, rules: [{alert: Hot, expr: heat > 4}]}]"
        let preview = try Self.preview(tried)
        #expect(preview.failureCount == 61)
        #expect(preview.failures.count == 1)
        #expect(
            preview.failures.first?.hasPrefix("Hot: cannot evaluate rule Hot: it gives 2") == true
        )
    }

    @Test func `failures of rules beside are not those of the rules that are tried`() throws {
        let broken = Self.current + "\n      - {alert: Broken, expr: heat * on () heat}"
        let tried = "groups: [{name: new, rules: [{alert: Hot, expr: heat > 10}]}]"
        var scenario = try Scenario(rules: broken)
        for device in ["a", "b"] { scenario.add("heat", ["device": device], 15, minutes: 0...60) }
        let preview = try RulePreview(
            of: try Self.groups(tried),
            current: try Self.groups(broken),
            times: Scenario.minute(0)...Scenario.minute(60),
            source: scenario.source
        )
        #expect(preview.failureCount == 0)
        #expect(preview.failureCountBeside == 61)
        #expect(preview.failures.isEmpty)
    }

    @Test func `a rule that failed once is told, however it ended`() throws {
        let tried = "groups: [{name: new, rules: [{alert: Hot, expr: heat > 10 or vector(1)}]}]"
        let limited = tried.replacing("name: new", with: "name: new, limit: 1")
        // Two are hot at once at no time; beside the vector one is too many.
        let preview = try Self.preview(limited)
        #expect(preview.failureCount == 24)
        #expect(preview.failures.count == 1)
        let ended = try Self.preview(limited, through: 45)
        #expect(ended.failureCount == 13)
        #expect(ended.failures.count == 1)
    }

    @Test func `a coarse step looks no further back than the gateway does`() throws {
        let tried = "groups: [{name: new, rules: [{alert: Hot, expr: heat > 10}]}]"
        var scenario = try Scenario(rules: Self.current)
        scenario.add("heat", ["device": "a"], minutes: 0...22) { $0 >= 10 ? 15 : 5 }
        let preview = try RulePreview(
            of: try Self.groups(tried),
            current: [],
            times: Scenario.minute(0)...Scenario.minute(60),
            step: .minutes(10),
            source: scenario.source
        )
        #expect(preview.lines.first?.tried.alarms == 1)
        // At minute 30 the last sample is eight minutes old.
        #expect(preview.lines.first?.tried.total == .minutes(20))
    }

    @Test(arguments: [10, 120])
    func `a coarse step sees what rules gave at the step before`(minutes: Int) throws {
        let tried = """
            groups:
              - name: first
                rules:
                  - alert: Hot
                    expr: >-
                      heat > 10
                      or heat > 3 and on (device) ALERTS{alertname="Hot", alertstate="firing"}
                  - {record: rounds, expr: (rounds or heat * 0) + 1}
                  - {alert: Late, expr: late_rounds >= 3}
              - name: second
                rules:
                  - {record: late_rounds, expr: rounds + 0}
            """
        var scenario = try Scenario(rules: Self.current)
        let (step, last) = (Milliseconds.minutes(Int64(minutes)), minutes * 6)
        scenario.add("heat", ["device": "a"], minutes: 0...last) { $0 == minutes ? 15 : 5 }
        let preview = try RulePreview(
            of: try Self.groups(tried),
            current: [],
            times: Scenario.minute(0)...Scenario.minute(last),
            step: step,
            source: scenario.source
        )
        let lines = preview.lines
        #expect(lines.map(\.name) == ["Hot", "Late"])
        #expect(lines[0].tried.total == step * 5)
        // It is 3 at the third step, and seen at the one after.
        #expect(lines[1].tried.total == step * 3)
        #expect(preview.failureCount == 0)
    }

    @Test func `a coarse step sees its own results, and too many steps are refused`() throws {
        let preview = try Self.preview(Self.current, step: .minutes(10))
        #expect(preview.lines[0].tried.alarms == 3)
        #expect(preview.lines[0].tried.total == .minutes(30))
        var limits = AlertingLimits()
        limits.historySteps = 60
        #expect(throws: AlertingError.historyTooLong(steps: 61, limit: 60)) {
            try Self.preview(Self.current, limits: limits)
        }
    }

    @Test func `history is read in one pass, however many steps and windows there are`() throws {
        let tried = """
            groups:
              - name: new
                rules:
                  - {alert: Hot, expr: heat > 10}
                  - {alert: Warm, expr: "avg_over_time(heat[2h]) > 6"}
                  - {alert: Steep, expr: "deriv(heat[2h]) > 0.001"}
              - name: slow
                interval: 7m
                query_offset: 1m
                rules: [{record: level, expr: "quantile_over_time(0.5, heat[2h])"}]
            """
        let last = 600
        var scenario = try Scenario(rules: Self.current)
        for device in ["a", "b"] {
            scenario.add("heat", ["device": device], minutes: 0...last) { Double($0 % 17) }
        }
        let watched = WatchedSource(base: scenario.source)
        let preview = try RulePreview(
            of: try Self.groups(tried),
            current: [],
            times: Scenario.minute(0)...Scenario.minute(last),
            queryEngine: Scenario.queryEngine,
            source: watched
        )
        #expect(preview.lines.map(\.name) == ["Hot", "Warm", "Steep"])
        #expect(preview.lines.allSatisfy { $0.tried.alarms > 0 })
        #expect(preview.failureCount == 0)
        // Of each rule, what the four stretches of the pass share besides.
        #expect(watched.sampleCount <= 2 * 4 * 2 * (last + 1))
        #expect(watched.count(of: "heat") <= 4 * 4)
    }
}
