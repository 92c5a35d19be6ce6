/// One thing that a look at a broker has shown.
public struct ProbeFinding: Hashable, Sendable, CustomStringConvertible {
    /// What was looked at.
    public let check: ProbeCheck
    /// How it stands.
    public let severity: Severity
    /// What was found, and what to do about it.
    public let message: String

    /// Creates a finding.
    public init(check: ProbeCheck, severity: Severity, message: String) {
        self.check = check
        self.severity = severity
        self.message = message
    }

    /// How a finding matters, worse ones greater.
    public enum Severity: String, Hashable, Sendable, Comparable, CaseIterable {
        /// As it should be.
        case good
        /// Worth knowing.
        case notice
        /// Messages can be lost, or others can read them.
        case warning
        /// A gateway cannot work so.
        case fault

        /// Orders by how much it matters.
        public static func < (left: Severity, right: Severity) -> Bool {
            left.rank < right.rank
        }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// One line, as `warning queue: …`.
    public var description: String { "\(severity.rawValue) \(check.rawValue): \(message)" }
}

/// What a ``BrokerProbe`` looks at; the raw values are stable.
public enum ProbeCheck: String, Hashable, Sendable, CaseIterable {
    /// Whether a connection comes about and is accepted.
    case connection
    /// Whether others can read what is sent.
    case encryption
    /// Which protocol versions the broker speaks.
    case protocolVersion = "protocol"
    /// Which broker it is, and what is known of its version.
    case software
    /// Whether the broker grants the subscriptions of the settings.
    case subscriptions
    /// Whether it keeps a session while its client is away.
    case session
    /// Whether it keeps all messages of such a session.
    case queue
}
