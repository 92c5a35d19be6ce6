internal import PromQL
internal import Telemetry

/// What a test expected and did not get.
public struct RuleTestFailure: Hashable, Sendable, CustomStringConvertible {
    /// Name of the test; empty when it has none.
    public let test: String
    /// Line of the file at which the test stands, from 1.
    public let line: Int
    /// What was expected and what came, over several lines.
    public let message: String

    /// Name and message, as promtool shows them.
    public var description: String { test.isEmpty ? message : "name: \(test),\n\(message)" }
}

extension RuleTestFile {
    /// Runs all tests.
    ///
    /// - Parameter groups: groups of all rule files.
    /// - Returns: what did not come out as expected, in the order of the tests.
    public func run(groups: [RuleGroup]) -> [RuleTestFailure] {
        let order = Dictionary(
            groupOrder.enumerated().map { ($0.element, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
        let ordered = groups.enumerated().sorted { left, right in
            let places = (order[left.element.name] ?? 0, order[right.element.name] ?? 0)
            return places.0 == places.1 ? left.offset < right.offset : places.0 < places.1
        }.map { $0.element.evaluated(every: evaluationInterval) }
        return tests.flatMap { test in
            var run = RuleTestRun(test, groups: ordered, every: evaluationInterval, isFuzzy)
            run.run()
            return run.failures
        }
    }
}

/// One test under way.
private struct RuleTestRun {
    let test: RuleTest
    let interval: Milliseconds
    let isFuzzy: Bool
    var engine: AlertEngine
    var source = MemorySeriesSource()
    var failures: [RuleTestFailure] = []
    /// Values of the series that are not yet in the source, by time, the latest first.
    private var pending: [(time: Instant, labels: Labels, value: Double)]

    init(_ test: RuleTest, groups: [RuleGroup], every interval: Milliseconds, _ isFuzzy: Bool) {
        self.test = test
        self.interval = interval
        self.isFuzzy = isFuzzy
        var queryEngine = QueryEngine()
        queryEngine.subqueryStep = interval
        engine = AlertEngine(
            groups: groups,
            queryEngine: queryEngine,
            externalLabels: test.externalLabels,
            externalURL: test.externalURL
        )
        // Prometheus shows rules what is in its storage and nothing else.
        engine.bridgesPauses = false
        pending = test.series.flatMap { series in
            series.values.enumerated().compactMap { index, value in
                value.map { (test.start + test.interval * Int64(index), series.labels, $0) }
            }
        }
        pending.sort { $0.time > $1.time }
    }

    mutating func run() {
        var elapsed = Milliseconds.zero
        while elapsed <= test.length {
            let time = test.start + elapsed
            while let next = pending.last, next.time <= time {
                source.append(next.labels, Sample(time: next.time, value: next.value))
                pending.removeLast()
            }
            let outcome = engine.evaluate(at: time, source: source)
            for sample in outcome.samples { source.append(sample.labels, sample.sample) }
            guard outcome.failureCount == 0 else { return noteFaults(at: elapsed) }
            for alert in test.alerts where elapsed <= alert.time && alert.time < elapsed + interval
            {
                check(alert)
            }
            elapsed = elapsed + interval
        }
        for query in test.queries { check(query) }
    }

    private mutating func fail(_ message: String) {
        failures.append(RuleTestFailure(test: test.name, line: test.line, message: message))
    }

    /// Rules that failed end the test, as with promtool.
    private mutating func noteFaults(at elapsed: Milliseconds) {
        for rule in engine.groups.flatMap(\.rules) {
            guard let reason = engine.statuses[rule.id]?.lastError else { continue }
            fail("rule: \(rule.name), time: \(DurationText.print(elapsed)), err: \(reason)")
        }
    }

    private mutating func check(_ expected: RuleTest.AlertCase) {
        let found = engine.book.open.filter { $0.state == .firing && $0.name == expected.name }
            .map {
                RuleTest.ShownAlert(labels: $0.labels.dictionary, annotations: $0.annotations)
            }.sorted()
        let wanted = expected.alerts.sorted()
        guard found != wanted else { return }
        fail(
            """
            alertname: \(expected.name), time: \(DurationText.print(expected.time)),
                exp:\(Self.text(wanted)),
                got:\(Self.text(found))
            """
        )
    }

    private static func text(_ alerts: [RuleTest.ShownAlert]) -> String {
        if alerts.isEmpty { return "[]" }
        let shown = alerts.enumerated().map { index, alert in
            """
                    \(index):
                      Labels:\(RuleTest.ShownAlert.text(alert.labels))
                      Annotations:\(RuleTest.ShownAlert.text(alert.annotations))
            """
        }
        return "[\n\(shown.joined(separator: "\n"))\n        ]"
    }

    private mutating func check(_ query: RuleTest.QueryCase) {
        let place =
            "expr: \(Labels.quoted(query.expression)), "
            + "time: \(DurationText.print(query.time)),"
        let found: [(labels: Labels, value: Double)]
        do {
            let value = try engine.queryEngine.instant(
                try PromQLParser.parse(query.expression),
                at: test.start + query.time,
                source: source
            )
            switch value {
            case .vector(let elements): found = elements.map { ($0.labels, $0.sample.value) }
            case .scalar(let sample): found = [(.empty, sample.value)]
            case .string, .matrix:
                return fail("\(place) err: the result is neither a vector nor a scalar")
            }
        } catch {
            return fail("\(place) err: \(error)")
        }
        let (got, wanted) = (Self.sorted(found), Self.sorted(query.samples))
        let agrees =
            got.count == wanted.count
            && zip(got, wanted).allSatisfy { $0.labels == $1.labels && agree($0.value, $1.value) }
        if agrees { return }
        fail("\(place)\n    exp: \(Self.text(wanted))\n    got: \(Self.text(got))")
    }

    private static func sorted(
        _ samples: [(labels: Labels, value: Double)]
    ) -> [(labels: Labels, value: Double)] {
        samples.sorted { $0.labels < $1.labels }
    }

    private static func text(_ samples: [(labels: Labels, value: Double)]) -> String {
        if samples.isEmpty { return "nothing" }
        return samples.map { "\($0.labels) \(NumberFormat.prometheus($0.value))" }
            .joined(separator: ", ")
    }

    /// As promtool has it: a NaN agrees with nothing.
    private func agree(_ left: Double, _ right: Double) -> Bool {
        left == right || isFuzzy && (left.nextUp == right || left.nextDown == right)
    }
}
