import Alerting
import PromQL
import Telemetry

/// A stretch of time with readings, evaluated minute by minute as the gateway does.
struct Scenario {
    var source = ScenarioSource()
    var engine: AlertEngine
    var transitions: [AlertTransition] = []
    var announcements: [Announcement] = []
    /// Whether samples of rules are written back to the source after each evaluation.
    var writesBack = true

    /// 2026-03-10 00:00 in Vietnam, a Tuesday.
    static let start = Instant(milliseconds: 1_773_075_600_000)

    static var queryEngine: QueryEngine {
        QueryEngine(lookback: .minutes(5), limits: QueryLimits())
    }

    /// Creates a scenario with some of the default files, which are evaluated in the given order.
    init(files: [String], limits: AlertingLimits = AlertingLimits()) throws {
        let groups = try files.flatMap { name in
            try RuleFile.parse(text: try DefaultRules.text(of: name), file: name).groups
        }
        self.init(groups: groups, relations: try DefaultRules.relations(), limits: limits)
    }

    /// Creates a scenario with rules of its own.
    init(
        rules: String,
        relations: String? = nil,
        limits: AlertingLimits = AlertingLimits(),
        book: AlertBook = AlertBook()
    ) throws {
        self.init(
            groups: try RuleFile.parse(text: rules, file: "test.yaml").groups,
            relations: try relations.map { try AlertRelations.parse(text: $0, file: "r.yaml") }
                ?? .none,
            limits: limits,
            book: book
        )
    }

    /// Creates a scenario with rules and relations that have been read.
    init(
        groups: [RuleGroup],
        relations: AlertRelations,
        limits: AlertingLimits = AlertingLimits(),
        book: AlertBook = AlertBook()
    ) {
        engine = AlertEngine(
            groups: groups,
            relations: relations,
            queryEngine: Self.queryEngine,
            limits: limits,
            book: book
        )
    }

    /// The time so many minutes after the start.
    static func minute(_ minutes: Int) -> Instant { start + .minutes(Int64(minutes)) }

    /// Adds a reading at each step of the minutes, the last included.
    mutating func add(
        _ metric: String,
        _ labels: [String: String],
        _ value: Double,
        minutes: ClosedRange<Int>,
        every step: Int = 1
    ) {
        add(metric, labels, minutes: minutes, every: step) { _ in value }
    }

    /// Adds readings that a function of the minute gives; nil leaves one out.
    mutating func add(
        _ metric: String,
        _ labels: [String: String],
        minutes: ClosedRange<Int>,
        every step: Int = 1,
        _ value: (Int) -> Double?
    ) {
        let series = Labels(metric: metric, labels)
        for minute in stride(from: minutes.lowerBound, through: minutes.upperBound, by: step) {
            guard let value = value(minute) else { continue }
            source.add(series, Sample(time: Self.minute(minute), value: value))
        }
    }

    /// Evaluates each minute, the last included.
    mutating func run(_ minutes: ClosedRange<Int>) {
        for minute in minutes {
            let outcome = engine.evaluate(at: Self.minute(minute), source: source)
            engine.book.checkInvariants()
            transitions += outcome.transitions
            announcements += outcome.announcements
            if writesBack { source.add(outcome) }
        }
    }

    /// Minutes at which alerts of a name went through a change.
    func minutes(
        _ name: String,
        _ change: AlertTransition.Change,
        device: String? = nil
    ) -> [Int] {
        transitions.filter {
            $0.alert.name == name && $0.change == change
                && (device == nil || $0.alert.labels["device"] == device)
        }.map { Int(($0.time - Self.start).count / 60_000) }
    }

    /// The rules whose last evaluation failed, with the reason.
    var faults: [String] {
        engine.statuses.filter { $0.value.health == .error }
            .map { "\($0.key): \($0.value.lastError ?? "")" }.sorted()
    }

    /// The open alerts of a name.
    func open(_ name: String) -> [Alert] { engine.book.open.filter { $0.name == name } }
}
