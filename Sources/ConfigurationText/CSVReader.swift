/// Reads comma-separated values record by record, each with the line it began on.
///
/// The grammar is RFC 4180's: fields are divided by one separator, may stand in double quotes, and
/// hold `""` for a quote and line ends as they are. Lines end in LF or CRLF. A byte order mark at
/// the start is skipped, empty lines are skipped, and spaces belong to the field. Costs one pass
/// over the bytes and one text a field.
///
/// ```swift
/// var reader = CSVReader(Array("code,name\nb1,\"Bản 1\"\n".utf8), file: "villages.csv")
/// while let record = try reader.next() { print(record.line, record.fields) }
/// ```
/// - Source: RFC 4180, section 2.
public struct CSVReader: Sendable {
    /// One record.
    public struct Record: Hashable, Sendable {
        /// Line on which it begins, from 1.
        public let line: Int
        /// Its fields in order; at least one.
        public let fields: [String]
    }

    /// Most fields that a record may have.
    public static let maximumFieldCount = 1000
    /// Most bytes that a field may have: 64 KiB.
    public static let maximumFieldBytes = 64 << 10

    private let bytes: [UInt8]
    private let file: String
    private let separator: UInt8
    private var place = 0
    private var line = 1

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - bytes: the whole text, UTF-8.
    ///   - file: how faults name it.
    ///   - separator: one ASCII character; a comma unless given.
    public init(_ bytes: [UInt8], file: String, separator: UInt8 = UInt8(ascii: ",")) {
        self.bytes = bytes
        self.file = file
        self.separator = separator
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    /// How many bytes have been read, for a progress bar.
    public var position: Int { place }

    /// Reads the next record; nil at the end.
    ///
    /// After a fault the reader stands behind the record's line, so that reading can go on.
    /// - Throws: ``ConfigurationFault`` when a quote is not closed or stands inside a field, when
    ///   bytes are not UTF-8, or when a record is larger than the limits.
    public mutating func next() throws(ConfigurationFault) -> Record? {
        while place < bytes.count, isLineEnd(at: place) { skipLineEnd() }
        guard place < bytes.count else { return nil }
        let first = line
        var fields: [String] = []
        while true {
            guard fields.count < Self.maximumFieldCount else {
                throw abandon(first, fields, "more than \(Self.maximumFieldCount) fields")
            }
            fields.append(try field(first, fields))
            if place < bytes.count, bytes[place] == separator {
                place += 1
                continue
            }
            skipLineEnd()
            return Record(line: first, fields: fields)
        }
    }

    // MARK: Fields

    private mutating func field(
        _ first: Int,
        _ fields: [String]
    ) throws(ConfigurationFault) -> String {
        if place < bytes.count, bytes[place] == Self.quote {
            return try quotedField(first, fields)
        }
        let start = place
        while place < bytes.count, bytes[place] != separator, !isLineEnd(at: place) {
            guard bytes[place] != Self.quote else {
                throw abandon(first, fields, "a quote inside a field that does not begin with one")
            }
            place += 1
        }
        return try text(bytes[start..<place], first, fields)
    }

    private mutating func quotedField(
        _ first: Int,
        _ fields: [String]
    ) throws(ConfigurationFault) -> String {
        let opened = place
        place += 1
        var content: [UInt8] = []
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == Self.lineFeed { line += 1 }
            guard byte == Self.quote else {
                content.append(byte)
                continue
            }
            if place < bytes.count, bytes[place] == Self.quote {
                content.append(Self.quote)
                place += 1
                continue
            }
            guard place == bytes.count || bytes[place] == separator || isLineEnd(at: place) else {
                throw abandon(first, fields, "text after the closing quote")
            }
            return try text(content[...], first, fields)
        }
        // One missing quote must not swallow the rest of the file.
        place = opened
        line = first
        throw abandon(first, fields, "a quote that is never closed")
    }

    private mutating func text(
        _ content: ArraySlice<UInt8>,
        _ first: Int,
        _ fields: [String]
    ) throws(ConfigurationFault) -> String {
        guard content.count <= Self.maximumFieldBytes else {
            throw abandon(
                first,
                fields,
                "a field of \(content.count) bytes, the limit is \(Self.maximumFieldBytes)"
            )
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw abandon(first, fields, "bytes that are not UTF-8; save the file as UTF-8")
        }
        return text
    }

    // MARK: Lines

    private func isLineEnd(at index: Int) -> Bool {
        bytes[index] == Self.lineFeed
            || bytes[index] == Self.carriageReturn
                && (index + 1 == bytes.count || bytes[index + 1] == Self.lineFeed)
    }

    private mutating func skipLineEnd() {
        guard place < bytes.count else { return }
        if bytes[place] == Self.carriageReturn { place += 1 }
        if place < bytes.count, bytes[place] == Self.lineFeed { place += 1 }
        line += 1
    }

    /// Leaves the record, and says why.
    private mutating func abandon(
        _ first: Int,
        _ fields: [String],
        _ problem: String
    ) -> ConfigurationFault {
        while place < bytes.count, bytes[place] != Self.lineFeed { place += 1 }
        skipLineEnd()
        return ConfigurationFault(
            file: file,
            line: first,
            field: "column \(fields.count + 1)",
            message: "cannot read the record: \(problem)"
        )
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}
