/// A command that an operator asked for and did not get.
public struct RefusedCommandView: Codable, Sendable {
    /// When it was refused, RFC 3339.
    public var at: String
    /// Who asked.
    public var by: String
    /// What was asked, as it was written.
    public var action: String
    /// Share of full light in percent that was asked.
    public var level: Int?
    /// Whom it was meant for, as it was written; nil where nobody was named.
    public var target: String?
    /// Why it was asked.
    public var reason: String
    /// Why it was refused.
    public var refusal: [CommandNoteView]

    /// Creates the view.
    public init(
        at: String,
        by: String,
        action: String,
        level: Int?,
        target: String?,
        reason: String,
        refusal: [CommandNoteView]
    ) {
        self.at = at
        self.by = by
        self.action = action
        self.level = level
        self.target = target
        self.reason = reason
        self.refusal = refusal
    }
}
