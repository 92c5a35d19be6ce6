/// The texts that cells refer to by number.
///
/// - Source: ISO/IEC 29500-1, section 18.4.
struct SharedTexts: PartContent {
    /// Nil for those that are too long.
    private(set) var texts: [String?] = []
    private let file: String
    private var text = RichText()

    init(file: String) {
        self.file = file
    }

    mutating func begin(_ element: String, _ attributes: PartAttributes) {
        if element == "si" { text = RichText() }
        text.begin(element)
    }

    mutating func end(_ element: String, _ text: String) throws(SpreadsheetError) {
        self.text.end(element, text)
        guard element == "si" else { return }
        let limit = SpreadsheetLimits.maximumSharedTextCount
        guard texts.count < limit else {
            throw .tooLarge(file: file, what: "shared texts", limit: limit)
        }
        texts.append(self.text.whole)
    }
}

/// A text that may be in runs of several formats, without what says how it is spoken.
///
/// - Source: ISO/IEC 29500-1, sections 18.4.6 (`rPh`), 18.4.12 (`t`) and 22.9.2.19 (`ST_Xstring`).
struct RichText {
    /// All of the text; nil when it is too long.
    private(set) var whole: String? = ""
    private var isSpoken = false

    mutating func begin(_ element: String) {
        if element == "rPh" { isSpoken = true }
    }

    mutating func end(_ element: String, _ text: String) {
        if element == "rPh" { isSpoken = false }
        guard element == "t", !isSpoken, let before = whole else { return }
        let limit = SpreadsheetLimits.maximumTextBytes
        // The longest may have been cut, which what is unescaped no longer shows.
        guard text.utf8.count <= limit else {
            whole = nil
            return
        }
        let longer = before + Self.unescaped(text)
        whole = longer.utf8.count <= limit ? longer : nil
    }

    /// `_x000A_` stands for a character that XML cannot hold, and `_x005F_` for an underline that
    /// would look as if it began one.
    static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "_")) else { return text }
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            let scalar = first == "_" ? escaped(rest) : nil
            result.append(scalar ?? first)
            rest = rest.dropFirst(scalar == nil ? 1 : escapeCount)
        }
        return String(result)
    }

    /// A text in which nothing is taken for such a word.
    static func escaping(_ text: String) -> String {
        guard text.contains("_x") else { return text }
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            if escaped(rest) != nil { result.append(contentsOf: "_x005F".unicodeScalars) }
            result.append(first)
            rest = rest.dropFirst()
        }
        return String(result)
    }

    private static let escapeCount = 7

    /// The character that a text begins with in such a word; nil when it begins with none.
    private static func escaped(_ text: Substring.UnicodeScalarView) -> Unicode.Scalar? {
        let word = text.prefix(escapeCount)
        guard word.count == escapeCount, word.starts(with: "_x".unicodeScalars), word.last == "_"
        else { return nil }
        let digits = word.dropFirst(2).dropLast()
        guard digits.allSatisfy(\.properties.isASCIIHexDigit) else { return nil }
        return UInt32(String(digits), radix: 16).flatMap { Unicode.Scalar($0) }
    }
}
