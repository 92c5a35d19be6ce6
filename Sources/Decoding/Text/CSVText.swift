/// Lines of comma-separated values: each line a row of cells.
///
/// Cells may stand in quotation marks, with delimiters, line ends and doubled quotation marks
/// inside; lines end with LF or CRLF, the last one may have no end; empty lines are passed over.
///
/// - Source: RFC 4180, section 2.
struct CSVText {
    private(set) var rows: [[ArraySlice<UInt8>]] = []

    /// Reads a text.
    ///
    /// - Throws: ``DecodingError`` when a quotation mark has no end or stands where none may, or
    ///   there are too many lines or columns.
    init(_ text: [UInt8], delimiter: UInt8) throws(DecodingError) {
        var index = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index < text.count {
            var row: [ArraySlice<UInt8>] = []
            var isAtEnd = false
            while !isAtEnd {
                row.append(try Self.cell(text, &index, delimiter, line: rows.count + 1))
                guard row.count <= DecodingLimits.csvColumns else {
                    throw .tooManyElements(limit: DecodingLimits.csvColumns)
                }
                if index < text.count, text[index] == delimiter {
                    index += 1
                } else {
                    isAtEnd = true
                }
            }
            if index < text.count, text[index] == 0x0D { index += 1 }
            if index < text.count, text[index] == 0x0A { index += 1 }
            if row.count == 1, row[0].isEmpty { continue }
            guard rows.count < DecodingLimits.csvLines else {
                throw .tooManyElements(limit: DecodingLimits.csvLines)
            }
            rows.append(row)
        }
    }

    private static func cell(
        _ text: [UInt8],
        _ index: inout Int,
        _ delimiter: UInt8,
        line: Int
    ) throws(DecodingError) -> ArraySlice<UInt8> {
        let quote = UInt8(ascii: "\"")
        guard index < text.count, text[index] == quote else {
            let start = index
            while index < text.count, text[index] != delimiter, !isLineEnd(text, index) {
                guard text[index] != quote else {
                    throw .badValue(
                        field: "line \(line)",
                        problem: "a quotation mark inside a cell that does not begin with one"
                    )
                }
                index += 1
            }
            return text[start..<index]
        }
        index += 1
        var start = index
        var parts: [UInt8] = []
        while index < text.count {
            guard text[index] == quote else {
                index += 1
                continue
            }
            parts += text[start..<index]
            index += 1
            if index < text.count, text[index] == quote {
                start = index
                index += 1
                continue
            }
            guard index == text.count || text[index] == delimiter || isLineEnd(text, index) else {
                throw .badValue(
                    field: "line \(line)",
                    problem: "text behind a closing quotation mark"
                )
            }
            return parts[...]
        }
        throw .badValue(field: "line \(line)", problem: "a quotation mark has no end")
    }

    private static func isLineEnd(_ text: [UInt8], _ index: Int) -> Bool {
        text[index] == 0x0A
            || text[index] == 0x0D && (index + 1 == text.count || text[index + 1] == 0x0A)
    }
}
