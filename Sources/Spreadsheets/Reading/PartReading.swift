/// What is taken from one part while its elements pass by.
protocol PartContent {
    /// An element begins; names are without prefixes, and empty with letters outside ASCII, since
    /// nothing that is read has such.
    mutating func begin(_ element: String, _ attributes: PartAttributes) throws(SpreadsheetError)
    /// An element ends; the text is what stood since the last element began or ended.
    mutating func end(_ element: String, _ text: String) throws(SpreadsheetError)
}

/// The attributes of an element.
struct PartAttributes {
    struct Pair {
        /// Where the name stands in the part.
        let place: Range<Int>
        /// The name; empty with letters outside ASCII.
        let name: String
        /// The name without its prefix.
        let local: String
        let value: String
    }

    /// As they stand there.
    var pairs: [Pair] = []

    /// The value of a name without its prefix.
    subscript(name: String) -> String? {
        if let pair = pairs.first(where: { $0.name == name }) { return pair.value }
        // Programs choose prefixes as they like, so that `r:id` may be `rel:id`.
        return pairs.first { $0.local == name && !$0.name.hasPrefix("xmlns:") }?.value
    }

    /// A value that is one of the words of SpreadsheetML, and empty with letters outside ASCII.
    ///
    /// Strings with other letters are compared in an order of marks that can take minutes to find.
    func word(_ name: String) -> String? {
        self[name].map { value in value.utf8.allSatisfy { $0 < 0x80 } ? value : "" }
    }

    /// Whether a flag is set, as `1` or `true`.
    func isSet(_ name: String) -> Bool { ["1", "true"].contains(word(name) ?? "") }
}

/// Reads a part of a workbook element by element, without keeping its tree.
enum PartReading {
    /// Reads a part.
    ///
    /// - Throws: ``SpreadsheetError/damaged(file:part:reason:)`` for what is no XML or declares a
    ///   document type, ``SpreadsheetError/tooLarge(file:what:limit:)`` for what nests too deep,
    ///   too many attributes, and names and values that are too long, and what the content throws.
    static func read<Content: PartContent>(
        _ bytes: [UInt8],
        _ content: Content,
        file: String,
        part: String
    ) throws(SpreadsheetError) -> Content {
        guard let plain = PartEncoding.utf8(bytes) else {
            throw .damaged(file: file, part: part, reason: PartEncoding.fault)
        }
        guard PartEncoding.hasOnlyCharacters(plain) else {
            throw .damaged(file: file, part: part, reason: "it has a character that XML has not")
        }
        var reader = MarkupReader(plain, content, file: file, part: part)
        try reader.read()
        return reader.content
    }
}
