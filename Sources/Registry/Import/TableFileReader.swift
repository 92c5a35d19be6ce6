internal import ConfigurationText

/// Reads a file of one table: header first, then line by line.
struct TableFileReader {
    private let table: Table
    private let file: RegistryFile
    private var reader: RecordReader
    private var faults: [ConfigurationFault] = []
    private var refusedKeys: [String: Int] = [:]

    init(_ file: RegistryFile, _ table: Table) {
        self.file = file
        self.table = table
        reader = RecordReader(file)
    }

    /// Reads the file; when its header or size is at fault, no line of it is taken.
    mutating func read() -> ImportFile {
        let limit = RegistryLimits.maximumFileBytes
        if case .bytes(let bytes) = file.content, bytes.count > limit {
            return refuse("the file has \(bytes.count) bytes, \(limit) are allowed; divide it")
        }
        guard let columns = readHeader() else { return refuse(nil) }
        var places = [Int?](repeating: nil, count: table.columns.count)
        for (place, column) in columns.enumerated() { places[column] = place + 1 }
        var lines: [ImportLine] = []
        var count = 0
        while true {
            count += 1
            guard count <= RegistryLimits.maximumRowCount + 1 else {
                return refuse(
                    "the file has more than \(RegistryLimits.maximumRowCount) lines; divide it"
                )
            }
            do throws(ConfigurationFault) {
                guard let record = try reader.next() else { break }
                if let line = readLine(record, columns) { lines.append(line) }
            } catch {
                faults.append(error)
            }
        }
        return ImportFile(
            name: file.name,
            places: places,
            lines: lines,
            faults: faults,
            refusedKeys: refusedKeys
        )
    }

    private func refuse(_ message: String?) -> ImportFile {
        let faults = message.map { [ConfigurationFault(file: file.name, message: $0)] }
        return ImportFile(
            name: file.name,
            places: [Int?](repeating: nil, count: table.columns.count),
            lines: [],
            faults: faults ?? self.faults,
            refusedKeys: [:]
        )
    }

    // MARK: Header

    /// Indices of the table's columns in the order of the file; nil when the header is at fault.
    private mutating func readHeader() -> [Int]? {
        let header: RegistryFile.Row
        do throws(ConfigurationFault) {
            guard let record = try reader.next() else {
                let message = "the file is empty; its first line names the columns"
                faults.append(headerFault(1, 0, "", message))
                return nil
            }
            header = record
        } catch {
            faults.append(error)
            return nil
        }
        let names = table.columns.map(\.name).joined(separator: ", ")
        if header.fields.count == 1, case .text(let only) = header.fields[0],
            only.contains(where: { $0 == ";" || $0 == "\t" })
        {
            faults.append(
                headerFault(header.line, 1, "", "columns must be divided by commas: \(names)")
            )
            return nil
        }
        var columns: [Int] = []
        for (place, field) in header.fields.enumerated() {
            guard case .text(let name) = field, let index = table.index(of: name) else {
                let message = "\(table.fileName) has no such column; its columns are \(names)"
                faults.append(headerFault(header.line, place + 1, field.shown, message))
                continue
            }
            if columns.contains(index) {
                let message = "the column stands twice; name each once"
                faults.append(headerFault(header.line, place + 1, name, message))
            }
            columns.append(index)
        }
        for (index, column) in table.columns.enumerated()
        where column.isRequired && !columns.contains(index) {
            faults.append(
                headerFault(header.line, 0, column.name, "the column is missing; add it")
            )
        }
        return faults.isEmpty ? columns : nil
    }

    private func headerFault(
        _ line: Int,
        _ column: Int,
        _ field: String,
        _ message: String
    ) -> ConfigurationFault {
        ConfigurationFault(
            file: file.name,
            line: line,
            column: column,
            field: field,
            message: message
        )
    }

    // MARK: Lines

    private mutating func readLine(_ record: RegistryFile.Row, _ columns: [Int]) -> ImportLine? {
        guard record.fields.count == columns.count || file.mayEndEarly(record, columns.count) else {
            let message =
                "the line has \(record.fields.count) fields, the header \(columns.count); "
                + file.fieldCountAdvice
            faults.append(headerFault(record.line, 0, "", message))
            return nil
        }
        var cells = [Cell?](repeating: nil, count: table.columns.count)
        var isFaulty = false
        for (place, index) in columns.enumerated() {
            let column = table.columns[index]
            do throws(Refusal) {
                let isGiven = place < record.fields.count
                cells[index] = try Self.read(isGiven ? record.fields[place] : .text(""), column)
            } catch {
                isFaulty = true
                faults.append(headerFault(record.line, place + 1, column.name, error.message))
            }
        }
        guard isFaulty else { return ImportLine(number: record.line, cells: cells) }
        let key = cells[..<table.keyCount].compactMap { $0 }
        if key.count == table.keyCount { refusedKeys[table.key(key)] = record.line }
        return nil
    }

    private static func read(
        _ field: RegistryFile.Field,
        _ column: Column
    ) throws(Refusal) -> Cell {
        switch field {
        case .fault(let message): throw Refusal(message)
        case .text(let text) where !text.isEmpty: return try column.kind.read(text)
        case .text: break
        }
        guard !column.isRequired else { throw Refusal("empty; a value must stand here") }
        return column.whenEmpty
    }
}
