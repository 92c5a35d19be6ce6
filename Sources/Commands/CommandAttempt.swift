public import Telemetry

/// A command that an operator asked for and did not get: who, what, and why not.
public struct CommandAttempt: Hashable, Sendable, Codable {
    /// When it was refused.
    public let at: Instant
    /// Who asked.
    public let operatorName: String
    /// What was asked, as it was written: it may be no action at all.
    public let action: String
    /// The level that was asked.
    public let percent: Int?
    /// Whom it was meant for, as it was written; nil where nobody was named.
    public let target: String?
    /// Why it was asked.
    public let reason: String
    /// Why it was refused.
    public let refusal: [CommandNote]

    /// Creates an attempt; of each text ``CommandLimits/textBytes`` characters are kept.
    public init(
        at time: Instant,
        operatorName: String,
        action: String,
        percent: Int?,
        target: String?,
        reason: String,
        refusal: [CommandNote]
    ) {
        func short(_ text: String) -> String { text.cut(toBytes: CommandLimits.textBytes) }
        at = time
        self.operatorName = short(operatorName)
        self.action = short(action)
        self.percent = percent
        self.target = target.map(short)
        self.reason = short(reason)
        self.refusal = refusal
    }
}
