/// A name in two languages with the confidence in which it is known.
public struct SourcedName: Hashable, Sendable {
    /// The name; the English one is a translation of ours.
    public let text: BilingualText
    /// How well the Vietnamese name is known.
    public let confidence: ConfidenceClass
    /// Page it was read on; empty when none.
    public let source: String

    /// Whether the Vietnamese name was read in a source.
    public var isVerified: Bool { confidence.isVerified }

    /// Creates a name.
    public init(_ text: BilingualText, confidence: ConfidenceClass, source: String = "") {
        self.text = text
        self.confidence = confidence
        self.source = source
    }
}
