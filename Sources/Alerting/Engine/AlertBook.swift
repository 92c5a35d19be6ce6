public import Telemetry

/// The state of all alerts: what is open, what is past, which number comes next.
///
/// It is `Codable`: written after each evaluation and read at the start, it keeps a restart from
/// opening alerts anew and from telling of them again. Nothing else of the engine needs to be
/// stored.
public struct AlertBook: Hashable, Sendable {
    /// Open alerts by rule, then by labels.
    var alerts: [RuleID: [Labels: Alert]] = [:]
    /// Resolved alerts, the latest first; at most ``AlertingLimits/pastAlerts``.
    public internal(set) var past: [Alert] = []
    /// Number of the next alert.
    public internal(set) var nextNumber = 1
    /// When each group was evaluated last, by its identity.
    var evaluatedAt: [String: Instant] = [:]

    /// Creates an empty book.
    public init() {}

    /// Pending and firing alerts in rising order of their numbers.
    public var open: [Alert] {
        alerts.values.flatMap(\.values).sorted { $0.number < $1.number }
    }

    /// How many alerts are open.
    public var openCount: Int { alerts.values.reduce(0) { $0 + $1.count } }

    /// When any group was evaluated last; nil when none was.
    public var lastEvaluation: Instant? { evaluatedAt.values.max() }

    /// When a group was evaluated last; nil when it was not.
    public func lastEvaluation(of group: RuleGroup) -> Instant? { evaluatedAt[group.id] }

    /// Open alerts of a rule in rising order of their labels.
    public func alerts(of rule: RuleID) -> [Alert] {
        (alerts[rule] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
    }

    /// Members, open and past, by the number of the alert that absorbs them, in rising order.
    public var members: [Int: [Int]] {
        Dictionary(grouping: (open + past).filter { $0.absorbedBy != nil }) { $0.absorbedBy ?? 0 }
            .mapValues { $0.map(\.number).sorted() }
    }

    /// The alert of a number, open or past; nil when it was never given or is forgotten.
    public func alert(_ number: Int) -> Alert? {
        for group in alerts.values {
            for alert in group.values where alert.number == number { return alert }
        }
        return past.first { $0.number == number }
    }

    mutating func takeNumber() -> Int {
        defer { nextNumber += 1 }
        return nextNumber
    }

    mutating func update(_ alert: Alert) {
        alerts[alert.rule, default: [:]][alert.labels] = alert
    }

    mutating func remove(_ alert: Alert) {
        alerts[alert.rule]?[alert.labels] = nil
        if alerts[alert.rule]?.isEmpty == true { alerts[alert.rule] = nil }
    }

    /// Moves an alert among the past ones, keeping the order by time of resolution.
    mutating func archive(_ alert: Alert, limit: Int) {
        remove(alert)
        let time = alert.resolvedAt ?? .distantPast
        let index = past.firstIndex { ($0.resolvedAt ?? .distantPast) <= time } ?? past.count
        past.insert(alert, at: index)
        if past.count > limit { past.removeLast(past.count - limit) }
    }

    /// Takes every time after one as that one: a clock that was ahead has given them.
    mutating func setBack(to time: Instant) {
        func clipped(_ alert: Alert) -> Alert {
            func clipped(_ instant: Instant?) -> Instant? { instant.map { min($0, time) } }
            var alert = alert
            alert.activeAt = min(alert.activeAt, time)
            alert.firedAt = clipped(alert.firedAt)
            alert.resolvedAt = clipped(alert.resolvedAt)
            alert.goneAt = clipped(alert.goneAt)
            alert.releasedAt = clipped(alert.releasedAt)
            alert.announcedAt = clipped(alert.announcedAt)
            for index in alert.memberships.indices {
                alert.memberships[index].since = min(alert.memberships[index].since, time)
            }
            return alert
        }
        for alert in open { update(clipped(alert)) }
        past = past.map(clipped)
        evaluatedAt = evaluatedAt.mapValues { min($0, time - Milliseconds(1)) }
    }

    /// What must hold after each step; tests call it.
    public func checkInvariants() {
        let open = self.open
        var numbers = Set<Int>()
        for alert in open + past {
            precondition(numbers.insert(alert.number).inserted, "number \(alert.number) twice")
            precondition(alert.number < nextNumber, "number \(alert.number) is not yet given")
            precondition((alert.state == .resolved) == (alert.resolvedAt != nil), "state and time")
            precondition(alert.state != .firing || alert.firedAt != nil, "fires since never")
        }
        let openNumbers = Set(open.map(\.number))
        for alert in open {
            precondition(alert.isOpen, "number \(alert.number) is over and among the open")
            if let cause = alert.absorbedBy {
                precondition(openNumbers.contains(cause), "the cause \(cause) is not open")
                precondition(cause != alert.number, "number \(cause) absorbs itself")
            }
        }
        precondition(past.allSatisfy { !$0.isOpen }, "an open alert is among the past")
    }
}

extension AlertBook: Codable {
    private enum CodingKeys: String, CodingKey {
        case version, open, past, nextNumber, evaluatedAt
    }

    /// Version of the stored form.
    public static let version = 1

    /// Reads a stored book.
    ///
    /// - Throws: `DecodingError` for malformed text, ``AlertingError/damagedBook(reason:)`` when
    ///   what is stored contradicts itself.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(Int.self, forKey: .version)
        guard version == Self.version else {
            throw AlertingError.damagedBook(
                reason: "it has version \(version), this program writes \(Self.version)"
            )
        }
        nextNumber = try container.decode(Int.self, forKey: .nextNumber)
        past = try container.decode([Alert].self, forKey: .past)
        evaluatedAt = try container.decode([String: Int64].self, forKey: .evaluatedAt)
            .mapValues { Instant(milliseconds: $0) }
        let open = try container.decode([Alert].self, forKey: .open)
        var numbers = Set<Int>()
        for alert in open + past {
            guard numbers.insert(alert.number).inserted, alert.number < nextNumber else {
                throw AlertingError.damagedBook(
                    reason: "alert number \(alert.number) stands twice or was never given"
                )
            }
        }
        for alert in open {
            guard alert.isOpen, alert.state != .firing || alert.firedAt != nil else {
                throw AlertingError.damagedBook(
                    reason: "alert number \(alert.number) is among the open but is over"
                )
            }
            guard alerts[alert.rule]?[alert.labels] == nil else {
                throw AlertingError.damagedBook(
                    reason: "two open alerts of \(alert.rule) have the labels \(alert.labels)"
                )
            }
            update(alert)
        }
        guard past.allSatisfy({ $0.resolvedAt != nil && !$0.isOpen }) else {
            throw AlertingError.damagedBook(reason: "an open alert is among the past ones")
        }
    }

    /// Writes the book; open alerts in rising order of their numbers.
    ///
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.version, forKey: .version)
        try container.encode(nextNumber, forKey: .nextNumber)
        try container.encode(open, forKey: .open)
        try container.encode(past, forKey: .past)
        try container.encode(evaluatedAt.mapValues(\.milliseconds), forKey: .evaluatedAt)
    }
}
