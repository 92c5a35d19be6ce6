internal import ConfigurationText

/// The records of a CSV file of any size, one at a time.
///
/// A record goes on in the next line while a quote is open. One that is never closed would swallow
/// the rest of the file, or end at a quote of a later record: then only the line where it begins is
/// refused, and reading goes on behind that.
struct InputRecords: ~Copyable {
    /// Most bytes of a record: names and values of labels take 4 KiB at most, twice that quoted.
    static let maximumRecordBytes = 64 << 10

    /// One record, or what is wrong with it.
    struct Record {
        /// Line on which it begins, from 1.
        var line: Int
        /// Its fields, or the fault with the number of the column.
        var fields: Result<[String], LineFault>
        /// Whether the file ends in it, without a line feed.
        var isCut = false
    }

    private let file: String
    private var lines: InputLines
    /// Lines that were read ahead and given back, the last one first.
    private var given: [InputLines.Line] = []

    /// Opens a file.
    ///
    /// - Throws: ``GatewayError/unreadable(path:reason:)``.
    init(_ path: String) throws(GatewayError) {
        file = path
        lines = try InputLines(path)
    }

    /// Share of the file that was read, 0 to 1; 0 for a pipe.
    var share: Double { lines.share }

    /// The next record that is not empty; nil at the end.
    ///
    /// - Throws: ``GatewayError/unreadable(path:reason:)``.
    mutating func next() throws(GatewayError) -> Record? {
        while let first = try takeLine() {
            guard !first.isTooLong, first.bytes.count <= Self.maximumRecordBytes else {
                let fault = LineFault(1, "it has more than \(Self.maximumRecordBytes) bytes")
                return Record(line: first.number, fields: .failure(fault))
            }
            let (bytes, further) = try record(first)
            do {
                var reader = CSVReader(bytes, file: file)
                guard let record = try reader.next() else { continue }
                let fields = Result<[String], LineFault>.success(record.fields)
                let isCut = (further.last ?? first).isCut
                return Record(line: first.number, fields: fields, isCut: isCut)
            } catch {
                given += further.reversed()
                let column = error.field.split(separator: " ").last.flatMap { Int($0) } ?? 1
                let fault = LineFault(column, error.message)
                return Record(line: first.number, fields: .failure(fault))
            }
        }
        return nil
    }

    /// A line and those that an open quote needs.
    private mutating func record(
        _ first: InputLines.Line
    ) throws(GatewayError) -> (bytes: [UInt8], further: [InputLines.Line]) {
        var bytes = first.bytes
        var further: [InputLines.Line] = []
        var isOpen = Self.changesQuotes(first.bytes)
        while isOpen, bytes.count <= Self.maximumRecordBytes, let line = try takeLine() {
            further.append(line)
            if line.isTooLong { break }
            bytes.append(UInt8(ascii: "\n"))
            bytes += line.bytes
            if Self.changesQuotes(line.bytes) { isOpen = false }
        }
        guard isOpen else {
            return (bytes + [UInt8(ascii: "\n")], further)
        }
        given += further.reversed()
        return (first.bytes, [])
    }

    private mutating func takeLine() throws(GatewayError) -> InputLines.Line? {
        if let line = given.popLast() { return line }
        return try lines.next()
    }

    /// Whether a line leaves quotes open that were closed before it, or the other way round.
    private static func changesQuotes(_ bytes: [UInt8]) -> Bool {
        bytes.reduce(false) { $1 == UInt8(ascii: "\"") ? !$0 : $0 }
    }
}
