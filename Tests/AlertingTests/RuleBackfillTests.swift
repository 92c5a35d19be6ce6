import Alerting
import Telemetry
import TestKit
import Testing

struct RuleBackfillTests {
    /// What one side alone has.
    private static func difference(_ left: [String], _ right: [String]) -> [String] {
        let (first, second) = (Set(left), Set(right))
        return left.filter { !second.contains($0) }.prefix(5).map { "only left: \($0)" }
            + right.filter { !first.contains($0) }.prefix(5).map { "only right: \($0)" }
    }

    /// A sample with every bit of its value: a marker equals nothing.
    private static func text(_ given: RuleSample) -> String {
        "\(given.labels) \(given.sample.time) \(given.sample.value.bitPattern)"
    }

    @Test func `a backfill over nothing gives what the gateway would have given`() throws {
        var generator = BackfillTrial.generator()
        for _ in 0..<6 {
            let trial = BackfillTrial(&generator, last: 150)
            let live = try trial.judged(trial.source(), through: 150)
            var past = trial.source()
            let ends = [Int.random(in: 5...140, using: &generator)]
            let (backfill, given) = try BackfillTrial.backfill(&past, 0...150, ends: ends)
            let (left, right) = (
                BackfillTrial.results(past, isExact: true),
                BackfillTrial.results(live, isExact: true)
            )
            #expect(left == right, "\(Self.difference(left, right))")
            #expect(given.count == left.count)
            let figures = backfill.groups.flatMap(\.rules).map { backfill.figures(of: $0.id) }
            #expect(figures.map(\.written).reduce(0, +) == left.count)
            #expect(figures.allSatisfy { $0.replaced + $0.ended + $0.tally.failures == 0 })
            #expect(backfill.figures(of: backfill.groups[1].rules[0].id).tally.evaluations == 151)
        }
    }

    @Test func `a backfill goes on from the state that stored series show`() throws {
        var generator = BackfillTrial.generator()
        for _ in 0..<10 {
            let trial = BackfillTrial(&generator, last: 150)
            let live = try trial.judged(trial.source(), through: 150)
            let start = Int.random(in: 1...140, using: &generator)
            var past = try trial.judged(trial.source(), through: start - 1)
            _ = try BackfillTrial.backfill(&past, start...150, ends: [start + 7])
            let (left, right) = (BackfillTrial.results(past), BackfillTrial.results(live))
            #expect(left == right, "from \(start): \(Self.difference(left, right))")
        }
    }

    @Test func `late data and a backfill give what data in time gives`() throws {
        var generator = BackfillTrial.generator()
        for _ in 0..<10 {
            let trial = BackfillTrial(&generator, last: 150)
            let live = try trial.judged(trial.source(), through: 150)
            let first = Int.random(in: 30...120, using: &generator)
            let late = ("d\(Int.random(in: 1...3, using: &generator))", first..<(first + 25))
            var past = try trial.judged(trial.source(without: late), through: 150)
            for (minute, value) in trial.heat[late.0] ?? [:] where late.1.contains(minute) {
                let labels = Labels(metric: "heat", ["device": late.0])
                past.add(labels, Sample(time: Scenario.minute(minute), value: value))
            }
            _ = try BackfillTrial.backfill(&past, first...150, ends: [first + 20])
            let (left, right) = (BackfillTrial.results(past), BackfillTrial.results(live))
            #expect(left == right, "from \(first): \(Self.difference(left, right))")
        }
    }

    @Test func `a second backfill finds everything there, and one of good data changes nothing`()
        throws
    {
        var generator = BackfillTrial.generator()
        let trial = BackfillTrial(&generator, last: 120)
        var past = try trial.judged(trial.source(without: ("d1", 40..<60)), through: 120)
        for (minute, value) in trial.heat["d1"] ?? [:] where (40..<60).contains(minute) {
            let labels = Labels(metric: "heat", ["device": "d1"])
            past.add(labels, Sample(time: Scenario.minute(minute), value: value))
        }
        let (first, given) = try BackfillTrial.backfill(&past, 40...120)
        #expect(!given.isEmpty)
        let ended = first.groups.flatMap(\.rules).map { first.figures(of: $0.id).ended }
        #expect(ended.reduce(0, +) > 0)
        let before = BackfillTrial.results(past, isExact: true)
        let (_, again) = try BackfillTrial.backfill(&past, 40...120, ends: [77])
        #expect(again.isEmpty)
        #expect(BackfillTrial.results(past, isExact: true) == before)
        var live = try trial.judged(trial.source(), through: 120)
        let (_, none) = try BackfillTrial.backfill(&live, 50...100)
        #expect(none.isEmpty, "\(none.prefix(5))")
    }

    @Test func `rules of a file alone are backfilled beside the others, which stay as they are`()
        throws
    {
        var generator = BackfillTrial.generator()
        for _ in 0..<6 {
            let trial = BackfillTrial(&generator, last: 150)
            let live = try trial.judged(trial.source(), through: 150)
            let groups = try BackfillTrial.groups()
            for name in ["g", "slow", "slower", "behind", "beside", "silence"] {
                var past = live
                let own = groups.filter { $0.name == name }
                let (_, given) = try BackfillTrial.backfill(&past, 20...150, groups: own)
                #expect(given.isEmpty, "\(name): \(given.prefix(3))")
            }
            // Without their results they are made again, and only theirs.
            var bare = trial.source()
            let alerts = live.samples(of: "ALERTS").filter { $0.key["alertname"] == "Silent" }
            for (labels, samples) in alerts {
                for sample in samples { bare.add(labels, sample) }
            }
            _ = try BackfillTrial.backfill(&bare, 0...150, groups: Array(groups.dropFirst()))
            let left = BackfillTrial.results(bare).filter { !$0.contains("Silent") }
            let right = BackfillTrial.results(live).filter { !$0.contains("Silent") }
            #expect(left == right, "\(Self.difference(left, right))")
        }
    }

    @Test func `what is not written is seen by later portions all the same`() throws {
        var generator = BackfillTrial.generator()
        let trial = BackfillTrial(&generator, last: 120)
        var written = try trial.judged(trial.source(without: ("d2", 0..<121)), through: 90)
        for (minute, value) in trial.heat["d2"] ?? [:] {
            let labels = Labels(metric: "heat", ["device": "d2"])
            written.add(labels, Sample(time: Scenario.minute(minute), value: value))
        }
        var dry = written
        let before = BackfillTrial.results(dry, isExact: true)
        let ends = [30, 31, 60, 90]
        let (_, tried) = try BackfillTrial.backfill(&dry, 10...120, ends: ends, writes: false)
        #expect(BackfillTrial.results(dry, isExact: true) == before)
        let (_, given) = try BackfillTrial.backfill(&written, 10...120, ends: ends)
        #expect(tried.map(Self.text) == given.map(Self.text))
        var limits = AlertingLimits()
        limits.dryRunSamples = 20
        #expect(throws: AlertingError.self) {
            try BackfillTrial.backfill(&dry, 10...120, writes: false, limits: limits)
        }
        // A portion that gives too much is divided.
        limits.backfillSamples = 60
        var divided = dry
        _ = try BackfillTrial.backfill(&divided, 10...120, limits: limits)
        #expect(
            BackfillTrial.results(divided, isExact: true)
                == BackfillTrial.results(written, isExact: true)
        )
    }

    private static let simple = """
        groups:
          - name: g
            rules:
              - {alert: Hot, expr: heat > 10, for: 10m, keep_firing_for: 5m}
        """

    @Test func `what holds before the start counts for a rule that did not run then`() throws {
        let groups = try RuleFile.parse(text: Self.simple, file: "new.yaml").groups
        var scenario = try Scenario(rules: Self.simple)
        scenario.add("heat", ["device": "a"], minutes: 0...60) { (20...35).contains($0) ? 20 : 5 }
        for (start, minutes) in [(25, 30...40), (32, 32...40), (38, 38...40), (41, 41...41)] {
            var source = scenario.source
            _ = try BackfillTrial.backfill(&source, start...60, groups: groups)
            let firing = source.samples(of: "ALERTS").filter { $0.key["alertstate"] == "firing" }
            let times = firing.values.joined().filter { !$0.value.isNaN }.map {
                Int(($0.time - Scenario.start).count / 60_000)
            }
            #expect(times == (start == 41 ? [] : Array(minutes)), "from \(start)")
        }
    }

    @Test func `times without a minute, and too many, are refused`() throws {
        let groups = try RuleFile.parse(text: Self.simple, file: "new.yaml").groups
        let start = Scenario.start
        #expect(throws: AlertingError.self) {
            try RuleBackfill(
                groups: groups,
                isWhole: true,
                times: (start + .seconds(1))...(start + .seconds(59))
            )
        }
        var limits = AlertingLimits()
        limits.historySteps = 60
        #expect(throws: AlertingError.historyTooLong(steps: 61, limit: 60)) {
            try RuleBackfill(
                groups: groups,
                isWhole: true,
                times: start...(start + .minutes(60)),
                limits: limits
            )
        }
        let odd = try RuleBackfill(
            groups: groups,
            isWhole: true,
            times: (start + .seconds(1))...(start + .seconds(179))
        )
        #expect(odd.times == (start + .minutes(1))...(start + .minutes(2)))
    }
}
