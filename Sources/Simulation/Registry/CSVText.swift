/// A CSV text, record by record, as RFC 4180 has it with line feeds.
struct CSVText: Sendable {
    private(set) var text: String
    private let columnCount: Int

    /// Creates a text with its header.
    init(_ header: String) {
        text = header + "\n"
        columnCount = header.split(separator: ",").count
    }

    /// Adds a record; fields with commas or quotes are put into quotes.
    mutating func append(_ fields: String...) {
        precondition(fields.count == columnCount, "\(fields.count) fields, not \(columnCount)")
        text += fields.map(Self.quoted).joined(separator: ",") + "\n"
    }

    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" }) else {
            return field
        }
        return "\""
            + field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    /// A number with up to six decimals.
    static func number(_ value: Double) -> String {
        let millionths = Int64((value * 1e6).rounded())
        if millionths % 1_000_000 == 0 { return String(millionths / 1_000_000) }
        var text = JSONText(reserving: 16)
        text.append(value, places: 6)
        var bytes = text.bytes
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
