internal import ConfigurationText

/// The records of a file one after the other, whether it is text or a sheet.
struct RecordReader {
    private enum Source {
        case text(CSVReader)
        case rows(ArraySlice<RegistryFile.Row>)
    }

    private var source: Source

    init(_ file: RegistryFile) {
        switch file.content {
        case .bytes(let bytes): source = .text(CSVReader(bytes, file: file.name))
        case .rows(let rows): source = .rows(rows[...])
        }
    }

    /// The next record; nil at the end.
    mutating func next() throws(ConfigurationFault) -> RegistryFile.Row? {
        switch source {
        case .text(var reader):
            defer { source = .text(reader) }
            guard let record = try reader.next() else { return nil }
            return RegistryFile.Row(line: record.line, fields: record.fields.map { .text($0) })
        case .rows(var rows):
            defer { source = .rows(rows) }
            return rows.popFirst()
        }
    }
}

extension RegistryFile {
    /// Whether a record without the last fields is whole: sheets do not keep empty cells.
    func mayEndEarly(_ record: Row, _ columnCount: Int) -> Bool {
        if case .rows = content { return record.fields.count < columnCount }
        return false
    }

    /// What to do about a record with another number of fields than the header.
    var fieldCountAdvice: String {
        switch content {
        case .bytes: "put fields that hold a comma in double quotes"
        case .rows: "give the column a heading or empty the cells beyond"
        }
    }
}

extension RegistryFile.Field {
    /// As it is shown in messages.
    var shown: String {
        switch self {
        case .text(let text), .fault(let text): text
        }
    }
}
