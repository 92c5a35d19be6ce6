internal import ConfigurationText

/// Divides a file into records, each with its line.
struct RecordSource: Sendable {
    private enum Form: Sendable {
        case csv(CSVReader, columns: [String: Int], fieldCount: Int)
        case lines(place: Int, line: Int)
    }

    private let bytes: [UInt8]
    private let file: String
    private var form: Form

    /// Creates a source; the header of csv is read by ``readHeader(requiring:)``.
    init(_ bytes: [UInt8], file: String, format: ReplayMapping.Format) {
        self.bytes = bytes
        self.file = file
        switch format {
        case .csv(let separator):
            let reader = CSVReader(bytes, file: file, separator: separator)
            form = .csv(reader, columns: [:], fieldCount: 0)
        case .jsonLines:
            form = .lines(place: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, line: 1)
        }
    }

    /// How many bytes have been read.
    var position: Int {
        switch form {
        case .csv(let reader, _, _): reader.position
        case .lines(let place, _): place
        }
    }

    /// Reads the header of csv; does nothing for JSON lines.
    ///
    /// - Returns: a fault for each column that is not there, or there twice; the file is of no use
    ///   then.
    mutating func readHeader(requiring names: [String]) -> [ConfigurationFault] {
        guard case .csv(var reader, _, _) = form else { return [] }
        var faults: [ConfigurationFault] = []
        var columns: [String: Int] = [:]
        var fieldCount = 0
        do throws(ConfigurationFault) {
            guard let header = try reader.next() else {
                return [ConfigurationFault(file: file, message: "the file has no line of columns")]
            }
            let fields = header.fields.map(\.withoutBlanks)
            fieldCount = fields.count
            for (index, name) in fields.enumerated() { columns[name] = index }
            for name in names where fields.filter({ $0 == name }).count != 1 {
                let problem = columns[name] == nil ? "is not in the file" : "stands twice"
                let known = fields.map { "'\($0.prefix(40))'" }.prefix(40)
                faults.append(
                    ConfigurationFault(
                        file: file,
                        line: header.line,
                        field: name,
                        message: "the column \(problem), its columns are: "
                            + known.joined(separator: ", ")
                    )
                )
            }
        } catch {
            faults.append(error)
        }
        form = .csv(reader, columns: columns, fieldCount: fieldCount)
        return faults
    }

    /// Reads the next record; nil at the end.
    ///
    /// After a fault it stands behind the record.
    mutating func next() throws(ConfigurationFault) -> Record? {
        switch form {
        case .csv(var reader, let columns, let fieldCount):
            defer { form = .csv(reader, columns: columns, fieldCount: fieldCount) }
            guard let row = try reader.next() else { return nil }
            guard row.fields.count == fieldCount else {
                throw ConfigurationFault(
                    file: file,
                    line: row.line,
                    message: "the record has \(row.fields.count) fields, "
                        + "the header has \(fieldCount)"
                )
            }
            return Record(line: row.line, content: .row(row.fields, columns: columns))
        case .lines: return try nextLine()
        }
    }

    private mutating func nextLine() throws(ConfigurationFault) -> Record? {
        while case .lines(let place, let line) = form, place < bytes.count {
            let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            form = .lines(place: min(end + 1, bytes.count), line: line + 1)
            guard bytes[place..<end].contains(where: { !Self.blanks.contains($0) }) else {
                continue
            }
            guard end - place <= ReplayLimits.lineBytes else {
                throw ConfigurationFault(
                    file: file,
                    line: line,
                    message: "a line of \(end - place) bytes, the limit is "
                        + "\(ReplayLimits.lineBytes)"
                )
            }
            return try record(place..<end, line)
        }
        return nil
    }

    private func record(_ range: Range<Int>, _ line: Int) throws(ConfigurationFault) -> Record {
        let value: JSONValue
        do throws(JSONParser.Problem) {
            value = try JSONParser.value(of: bytes, in: range)
        } catch {
            throw ConfigurationFault(
                file: file,
                line: line,
                column: error.place - range.lowerBound + 1,
                message: "not a JSON object: \(error.message)"
            )
        }
        guard case .object = value.content else {
            throw ConfigurationFault(
                file: file,
                line: line,
                column: value.range.lowerBound - range.lowerBound + 1,
                message: "not a JSON object, but another JSON value"
            )
        }
        return Record(line: line, content: .line(value, bytes: bytes))
    }

    private static let blanks: [UInt8] = [0x20, 0x09, 0x0D]
}
