internal import Telemetry

/// Lines of comma-separated values, read by the `csv` mapping of a profile.
///
/// Device: what the rule's wildcards matched, or the column that the profile names, line by line.
/// Time: the column that the profile names; a local time needs a zone of profile or rule.
/// Duplicates: time, which is what storing goes by. Birth and death: none.
///
/// Each line is a record of named values, one a column.
extension Envelope {
    /// The rows of a payload below the names of their columns.
    struct CSVTable {
        var columns: [[UInt8]]
        var rows: [[ArraySlice<UInt8>]]
        var time: Int?
        var device: Int?

        /// Reads a payload.
        ///
        /// - Throws: ``DecodingError`` when it is no such text, or lacks a column that it needs.
        init(_ text: [UInt8], _ format: CSVFormat) throws(DecodingError) {
            rows = try CSVText(text, delimiter: format.delimiter).rows
            if let columns = format.columns {
                self.columns = columns
            } else {
                guard !rows.isEmpty else { throw .missingField("line of column names") }
                let names = rows.removeFirst()
                guard names.allSatisfy({ $0.count <= DecodingLimits.nameBytes }) else {
                    throw .badValue(
                        field: "line of column names",
                        problem: "a name is longer than \(DecodingLimits.nameBytes) bytes"
                    )
                }
                columns = names.map { Array($0) }
            }
            guard !rows.isEmpty else { throw .missingField("line of values") }
            for name in [format.timeColumn, format.deviceColumn].compactMap({ $0 })
            where !columns.contains(name) {
                throw .missingField("column \(String(decoding: name, as: UTF8.self))")
            }
            time = format.timeColumn.flatMap { columns.firstIndex(of: $0) }
            device = format.deviceColumn.flatMap { columns.firstIndex(of: $0) }
        }
    }

    /// Adds the values of one row.
    ///
    /// The row is counted from 0.
    ///
    /// - Throws: ``DecodingError`` when it has more or fewer cells than there are columns.
    mutating func addRow(
        _ table: CSVTable,
        _ place: Int,
        _ format: CSVFormat,
        _ zone: TimeZoneRule?,
        latest: Instant
    ) throws(DecodingError) {
        let row = table.rows[place]
        guard row.count == table.columns.count else {
            throw .badValue(
                field: "record \(place + 1)",
                problem: "it has \(row.count) cells, expected \(table.columns.count)"
            )
        }
        hasRecords = true
        let time = table.time.flatMap { self.time(row[$0], format.timeForm, zone, latest) }
        if let time { deviceTime = max(deviceTime ?? time, time) }
        for (index, cell) in row.enumerated()
        where index != table.time && index != table.device && !cell.isEmpty {
            let name = keep(table.columns[index])
            var text = cell
            if format.hasDecimalComma, let comma = text.firstIndex(of: UInt8(ascii: ",")),
                !text.contains(UInt8(ascii: "."))
            {
                text[comma] = UInt8(ascii: ".")
                // What is no number with a point stays the text that it was.
                if NumberText.value(text) == nil { text = cell }
            }
            try addNamed(name, text: text, time: time)
        }
    }

    private mutating func time(
        _ cell: ArraySlice<UInt8>,
        _ form: TimeSource.Form,
        _ zone: TimeZoneRule?,
        _ latest: Instant
    ) -> Instant? {
        switch form {
        case .unixSeconds:
            if let time = NumberText.value(cell).flatMap(Instant.init(secondsSince1970:)) {
                return time
            }
        case .unixMilliseconds:
            if let time = NumberText.value(cell).flatMap({ Int64(exactly: $0.rounded()) }) {
                return Instant(milliseconds: time)
            }
        case .iso(let own):
            let bytes = Array(cell)
            switch TimeText(bytes, 0..<bytes.count) {
            case .absolute(let time): return time
            case .local(let local):
                guard let zone = own ?? zone else {
                    notes.append(.timeWithoutZone)
                    return nil
                }
                return zone.instant(local: local, latest: latest)
            case nil: break
            }
        }
        notes.append(.unreadableTime(.device))
        return nil
    }
}
