/// How well a text or a number is known: who was read for it.
public enum ConfidenceClass: String, Hashable, Sendable, CaseIterable {
    /// Read word for word in the legal text or on a page of the authority that carries it.
    case verbatim = "V"
    /// Read in a newspaper, on a firm's page or in another province's document.
    case secondary = "S"
    /// General knowledge that was seen in no page; good for names at most, never for a threshold.
    case recalled = "R"
    /// Not found in any page.
    case notFound = "N"

    /// Whether somebody's page was read for it; a threshold is loaded only then.
    public var isVerified: Bool { self == .verbatim || self == .secondary }
}
