/// A text in the two languages of the pages.
public struct BilingualText: Hashable, Sendable {
    /// The text in Vietnamese.
    public let vi: String
    /// The text in English.
    public let en: String

    /// Creates a text from its two versions.
    public init(vi: String, en: String) {
        self.vi = vi
        self.en = en
    }

    /// Both texts one after the other, with a separator between them.
    func joined(_ other: BilingualText, separator: String = "; ") -> BilingualText {
        BilingualText(vi: vi + separator + other.vi, en: en + separator + other.en)
    }
}
