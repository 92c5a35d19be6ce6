/// How far a command to one device has come.
///
/// `accepted` → `sending` → `sent` → `acknowledged` or `not_acknowledged` → `confirmed`,
/// `unconfirmed` or `failed`; steps that a family does not know are left out.
public enum CommandState: String, Hashable, Sendable, CaseIterable, Codable {
    /// It is in the log and waits to be sent.
    case accepted
    /// It was given to the broker, or would have been: from here on it is never sent again.
    case sending
    /// The broker has taken it.
    case sent
    /// The network server says that it went on, or that the device has acknowledged the frame.
    case acknowledged
    /// The network server says that the device did not acknowledge the frame; its report may still
    /// show that it was done.
    case notAcknowledged = "not_acknowledged"
    /// The device's own report shows that it was done.
    case confirmed
    /// The device did not report in time what was asked.
    case unconfirmed
    /// It was not done, as far as anybody knows; the detail says why.
    case failed

    /// Whether nothing more will come.
    public var isFinal: Bool {
        switch self {
        case .confirmed, .unconfirmed, .failed: true
        case .accepted, .sending, .sent, .acknowledged, .notAcknowledged: false
        }
    }
}
