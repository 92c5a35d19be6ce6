import Alerting
import Telemetry
import Testing

struct AlertEngineTests {
    private static func rules(_ terms: String = "", expr: String = "heat > 10") -> String {
        """
        groups:
          - name: g
            rules:
              - alert: Hot
                expr: \(expr)
                labels: {severity: minor, place: "{{ $labels.device }}@{{ $labels.village }}"}
                annotations: {summary: "{{ $labels.device }} has {{ $value }}"}
        \(terms.isEmpty ? "" : "        \(terms)")
        """
    }

    private static let oven = ["device": "oven", "village": "na-ech"]

    @Test func `an alert without for fires at the first evaluation`() throws {
        var scenario = try Scenario(rules: Self.rules())
        scenario.add("heat", Self.oven, minutes: 0...10) { $0 >= 3 && $0 < 6 ? 20 : 5 }
        scenario.run(0...10)
        #expect(scenario.faults.isEmpty)
        #expect(scenario.minutes("Hot", .firing) == [3])
        #expect(scenario.minutes("Hot", .resolved) == [6])
        #expect(scenario.announcements.map(\.status) == [.firing, .resolved])
        let past = try #require(scenario.engine.book.past.first)
        #expect(past.number == 1)
        #expect(past.labels["alertname"] == "Hot")
        #expect(past.labels["place"] == "oven@na-ech")
        #expect(past.labels["__name__"] == nil)
        #expect(past.annotations == ["summary": "oven has 20"])
        #expect(past.resolution == .cleared)
        #expect(past.value == 20)
        #expect(past.expression == "heat > 10")
    }

    @Test func `for counts from the first evaluation at which the condition holds`() throws {
        var scenario = try Scenario(rules: Self.rules("for: 5m"))
        scenario.add("heat", Self.oven, minutes: 0...30) { $0 >= 3 && $0 < 20 ? 20 : 5 }
        scenario.run(0...30)
        #expect(scenario.minutes("Hot", .pending) == [3])
        #expect(scenario.minutes("Hot", .firing) == [8])
        #expect(scenario.minutes("Hot", .resolved) == [20])
        #expect(scenario.engine.book.past.first?.activeAt == Scenario.minute(3))
        #expect(scenario.engine.book.past.first?.firedAt == Scenario.minute(8))
    }

    @Test func `a pending alert whose condition goes is dropped without a word`() throws {
        var scenario = try Scenario(rules: Self.rules("for: 5m"))
        scenario.add("heat", Self.oven, minutes: 0...30) { $0 >= 3 && $0 < 8 ? 20 : 5 }
        scenario.run(0...30)
        #expect(scenario.minutes("Hot", .pending) == [3])
        #expect(scenario.minutes("Hot", .dropped) == [8])
        #expect(scenario.announcements.isEmpty)
        #expect(scenario.engine.book.past.isEmpty)
    }

    @Test func `keep firing for counts from the going and starts anew on return`() throws {
        var scenario = try Scenario(rules: Self.rules("keep_firing_for: 5m"))
        scenario.add("heat", Self.oven, minutes: 0...30) { [3, 4, 8].contains($0) ? 20 : 5 }
        scenario.run(0...30)
        #expect(scenario.minutes("Hot", .firing) == [3])
        #expect(scenario.minutes("Hot", .resolved) == [14])
        #expect(scenario.announcements.count == 2)
    }

    @Test func `each occurrence has a number of its own`() throws {
        var scenario = try Scenario(rules: Self.rules())
        scenario.add("heat", Self.oven, minutes: 0...20) { $0 % 4 < 2 ? 20 : 5 }
        scenario.run(0...20)
        #expect(scenario.engine.book.past.map(\.number) == [5, 4, 3, 2, 1])
        #expect(scenario.open("Hot").map(\.number) == [6])
        #expect(scenario.engine.book.alert(3)?.firedAt == Scenario.minute(8))
        #expect(scenario.engine.book.alert(7) == nil)
    }

    @Test func `alerts and their series are shown as Prometheus shows them`() throws {
        var scenario = try Scenario(rules: Self.rules("for: 2m"))
        scenario.add("heat", Self.oven, minutes: 0...10) { $0 >= 3 && $0 < 7 ? 20 : 5 }
        scenario.run(0...10)
        let labels: Labels = [
            "alertname": "Hot", "device": "oven", "village": "na-ech", "severity": "minor",
            "place": "oven@na-ech",
        ]
        func shown(_ labels: Labels) -> [String] {
            (scenario.source.samples(of: labels.metricName ?? "")[labels] ?? []).map {
                let minute = ($0.time - Scenario.start).count / 60_000
                let isEnd = $0.value.bitPattern == RuleSample.staleMarker.bitPattern
                return "\(minute) \(isEnd ? "end" : "\($0.value)")"
            }
        }
        let alerts = labels.setting("__name__", to: "ALERTS")
        #expect(
            shown(alerts.setting("alertstate", to: "pending")) == ["3 1.0", "4 1.0", "5 end"]
        )
        #expect(shown(alerts.setting("alertstate", to: "firing")) == ["5 1.0", "6 1.0", "7 end"])
        let since = "\(Scenario.minute(3).secondsSince1970)"
        #expect(
            shown(labels.setting("__name__", to: "ALERTS_FOR_STATE"))
                == ["3 \(since)", "4 \(since)", "5 \(since)", "6 \(since)", "7 end"]
        )
    }

    private static let chain = """
        groups:
          - name: g
            rules:
              - record: double_heat
                expr: heat * 2
                labels: {unit: K}
              - record: quadruple_heat
                expr: double_heat * 2
              - alert: Hot
                expr: quadruple_heat > 40
        """

    @Test(arguments: [true, false])
    func `a rule sees what the rules before it gave`(writesBack: Bool) throws {
        var scenario = try Scenario(rules: Self.chain)
        scenario.writesBack = writesBack
        scenario.add("heat", Self.oven, minutes: 0...6) { $0 >= 2 && $0 < 4 ? 20 : 5 }
        scenario.run(0...6)
        #expect(scenario.minutes("Hot", .firing) == [2])
        #expect(scenario.minutes("Hot", .resolved) == [4])
        #expect(scenario.engine.book.past.first?.labels["unit"] == "K")
        let count = writesBack ? 1 : 0
        #expect(scenario.source.samples(of: "quadruple_heat").count == count)
    }

    @Test(arguments: [true, false])
    func `a window over a recorded series holds each of its samples once`(
        writesBack: Bool
    ) throws {
        let long = """

                  - alert: Long
                    expr: sum(count_over_time({__name__=~"(double_)?heat"}[5m])) == 8
            """
        var scenario = try Scenario(rules: Self.chain + long)
        scenario.writesBack = writesBack
        scenario.add("heat", Self.oven, minutes: 0...6) { _ in 5 }
        scenario.run(0...6)
        #expect(scenario.faults.isEmpty)
        #expect(scenario.minutes("Long", .firing) == [3])
        #expect(scenario.minutes("Long", .resolved) == [4])
    }

    @Test func `a recorded series that ends gets a staleness marker once`() throws {
        var scenario = try Scenario(rules: Self.chain.replacing("heat * 2", with: "heat > 10"))
        scenario.add("heat", Self.oven, minutes: 0...6) { $0 >= 2 && $0 < 4 ? 20 : 5 }
        scenario.run(0...6)
        let values = scenario.source.samples(of: "double_heat").values.flatMap { $0 }
        #expect(values.map { $0.value.isNaN } == [false, false, true])
        #expect(values.last?.time == Scenario.minute(4))
    }

    @Test func `groups are evaluated once in each slot of their interval`() throws {
        let text = Self.rules().replacing("- name: g", with: "- name: g\n    interval: 5m")
        var scenario = try Scenario(rules: text)
        scenario.add("heat", Self.oven, minutes: 0...20) { $0 >= 7 ? 20 : 5 }
        scenario.run(1...20)
        #expect(scenario.minutes("Hot", .firing) == [10])
        let group = try #require(scenario.engine.groups.first)
        #expect(scenario.engine.book.lastEvaluation(of: group) == Scenario.minute(20))
        #expect(scenario.engine.nextEvaluation(after: Scenario.minute(20)) == Scenario.minute(25))
        // Neither the same time again nor an earlier one changes anything.
        #expect(
            scenario.engine.evaluate(at: Scenario.minute(20), source: scenario.source).groupCount
                == 0
        )
        #expect(
            scenario.engine.evaluate(at: Scenario.minute(3), source: scenario.source).groupCount
                == 0
        )
    }

    @Test func `a group with an offset judges the past`() throws {
        let text = Self.rules().replacing("- name: g", with: "- name: g\n    query_offset: 3m")
        var scenario = try Scenario(rules: text)
        scenario.add("heat", Self.oven, minutes: 0...20) { $0 >= 7 ? 20 : 5 }
        scenario.run(0...20)
        #expect(scenario.minutes("Hot", .firing) == [7])
        #expect(scenario.announcements.first?.alert.announcedAt == Scenario.minute(10))
    }

    /// Three ovens that are hot from the minutes 2, 4 and 6 on.
    private static func addOvens(to scenario: inout Scenario) {
        for number in 1...3 {
            scenario.add("heat", ["device": "d\(number)"], minutes: 0...12) { minute in
                minute >= number * 2 && (minute < 10 || number > 1) ? 20 : 5
            }
        }
    }

    @Test func `a rule above the limit of its group fails and loses its alerts`() throws {
        let text = Self.rules().replacing("- name: g", with: "- name: g\n    limit: 2")
        var scenario = try Scenario(rules: text)
        Self.addOvens(to: &scenario)
        scenario.run(0...9)
        #expect(scenario.open("Hot").isEmpty)
        #expect(scenario.faults.first?.contains("3 results, the limit is 2") == true)
        #expect(scenario.minutes("Hot", .resolved) == [6, 6])
        #expect(scenario.engine.book.past.map(\.resolution) == [.limitExceeded, .limitExceeded])
        #expect(scenario.announcements.map(\.status) == [.firing, .firing, .resolved, .resolved])
        // One is gone at minute 10: the others are alerts anew.
        scenario.run(10...10)
        #expect(scenario.faults.isEmpty)
        #expect(scenario.minutes("Hot", .firing) == [2, 4, 10, 10])
        let shown = scenario.source.samples(of: "ALERTS").flatMap { $0.value }
        #expect(shown.filter { $0.time == Scenario.minute(9) }.isEmpty)
    }

    @Test func `alerts that are kept firing count for the limit of the group`() throws {
        let text = Self.rules("keep_firing_for: 5m")
            .replacing("- name: g", with: "- name: g\n    limit: 2")
        var scenario = try Scenario(rules: text)
        for (number, hot) in [(1, 2..<4), (2, 4..<9), (3, 6..<9)] {
            scenario.add("heat", ["device": "d\(number)"], minutes: 0...9) {
                hot.contains($0) ? 20 : 5
            }
        }
        scenario.run(0...6)
        #expect(scenario.faults.first?.contains("3 results, the limit is 2") == true)
        #expect(scenario.open("Hot").isEmpty)
    }

    @Test func `a rule above the limit of the gateway leaves its alerts as they were`() throws {
        var limits = AlertingLimits()
        limits.alertsPerRule = 2
        var scenario = try Scenario(rules: Self.rules(), limits: limits)
        Self.addOvens(to: &scenario)
        scenario.run(0...9)
        #expect(scenario.open("Hot").count == 2)
        #expect(scenario.faults.count == 1)
        #expect(scenario.faults.first?.contains("3 results, the limit is 2") == true)
        let status = try #require(scenario.engine.statuses.first?.value)
        #expect(status.health == .error)
        #expect(status.evaluatedAt == Scenario.minute(9))
    }

    @Test func `two results with the same labels fail the rule`() throws {
        // The rule's own labels make the two series one.
        var scenario = try Scenario(
            rules: """
                groups:
                  - name: g
                    rules:
                      - alert: Hot
                        expr: heat > 10
                        labels: {severity: minor, device: x}
                """
        )
        scenario.add("heat", ["device": "a"], 20, minutes: 0...3)
        scenario.add("heat", ["device": "b"], 20, minutes: 0...3)
        scenario.run(0...3)
        #expect(scenario.faults.first?.contains("two results have the labels") == true)
        #expect(scenario.engine.book.openCount == 0)
    }

    @Test func `a rule that fails keeps its alerts and the others go on`() throws {
        let text = """
            groups:
              - name: g
                rules:
                  - alert: Sum
                    expr: heat * on (village) cold > 10
                  - alert: Hot
                    expr: heat > 10
            """
        var scenario = try Scenario(rules: text)
        scenario.add("heat", ["device": "a", "village": "v"], 20, minutes: 0...9)
        scenario.add("cold", ["device": "a", "village": "v"], 2, minutes: 0...9)
        // A second series on each side makes the match ambiguous from minute 4 to 6.
        scenario.add("cold", ["device": "b", "village": "v"], minutes: 4...7) {
            $0 < 7 ? 2 : RuleSample.staleMarker
        }
        scenario.run(0...5)
        #expect(scenario.faults.count == 1)
        #expect(scenario.open("Sum").count == 1)
        #expect(scenario.open("Hot").count == 1)
        scenario.run(6...9)
        #expect(scenario.faults.isEmpty)
        #expect(scenario.minutes("Sum", .firing) == [0])
        #expect(scenario.minutes("Sum", .resolved) == [])
    }

    @Test func `a scalar expression is one alert without labels of its own`() throws {
        var scenario = try Scenario(rules: Self.rules(expr: "vector(1)"))
        scenario.run(0...1)
        #expect(scenario.open("Hot").count == 1)
        var scalar = try Scenario(rules: Self.rules(expr: "time()"))
        scalar.run(0...1)
        #expect(scalar.open("Hot").count == 1)
        var text = try Scenario(rules: Self.rules(expr: "'\"a text\"'"))
        text.run(0...1)
        #expect(text.faults.first?.contains("gives a text") == true)
    }

    @Test func `a staleness marker in the data ends an alert at once`() throws {
        var scenario = try Scenario(rules: Self.rules())
        scenario.add("heat", Self.oven, minutes: 0...3) { $0 < 3 ? 20 : RuleSample.staleMarker }
        scenario.run(0...5)
        #expect(scenario.minutes("Hot", .resolved) == [3])
    }

    @Test func `the past is bounded`() throws {
        var limits = AlertingLimits()
        limits.pastAlerts = 2
        var scenario = try Scenario(rules: Self.rules(), limits: limits)
        scenario.add("heat", Self.oven, minutes: 0...20) { $0 % 2 == 0 ? 20 : 5 }
        scenario.run(0...20)
        #expect(scenario.engine.book.past.map(\.number) == [10, 9])
    }

    @Test func `hysteresis reads the rule's own alerts`() throws {
        let expr =
            "heat > 10 or heat > 5 and on (device) "
            + "ALERTS{alertname=\"Hot\", alertstate=\"firing\"}"
        for writesBack in [true, false] {
            var scenario = try Scenario(rules: Self.rules(expr: expr))
            scenario.writesBack = writesBack
            let heat: [Double] = [4, 7, 9, 11, 9, 7, 6, 4, 7, 9, 9]
            scenario.add("heat", Self.oven, minutes: 0...10) { heat[$0] }
            scenario.run(0...10)
            #expect(scenario.minutes("Hot", .firing) == [3])
            #expect(scenario.minutes("Hot", .resolved) == [7])
        }
    }
}
