/// The cells of one sheet.
///
/// - Source: ISO/IEC 29500-1, sections 18.3.1.4 (`c`), 18.3.1.55 (`mergeCells`), 18.3.1.73 (`row`)
///   and 18.18.11 (`ST_CellType`).
struct SheetContents: PartContent {
    /// What cells refer to.
    struct Book {
        let file: String
        let texts: [String]
        let styles: DateStyles
        let countsFrom1904: Bool
    }

    private(set) var rows: [Sheet.Row] = []
    /// How many cells more there may be.
    private(set) var roomForCells: Int
    private let book: Book
    private let sheet: String
    private let part: String

    private var rowNumber = 0
    private var isInRow = false
    /// The cell that is being read, as the file names it; nil between cells.
    private var cell: String?
    private var values: [SheetValue] = []
    private var column = 0
    private var kind = ""
    private var style = 0
    private var content: String?
    private var inline = RichText()

    init(_ book: Book, sheet: String, part: String, roomForCells: Int) {
        self.roomForCells = roomForCells
        self.book = book
        self.sheet = sheet
        self.part = part
    }

    mutating func begin(
        _ element: String,
        _ attributes: PartAttributes
    ) throws(SpreadsheetError) {
        inline.begin(element)
        switch element {
        case "row": try beginRow(attributes)
        case "c": try beginCell(attributes)
        case "mergeCell":
            throw .notATable(
                file: book.file,
                sheet: sheet,
                reason:
                    "the cells \(attributes["ref"] ?? "?") are merged, so that a row would lack "
                    + "its values; undo the merge and fill each cell"
            )
        default: break
        }
    }

    mutating func end(_ element: String, _ text: String) throws(SpreadsheetError) {
        inline.end(element, text)
        switch element {
        case "v": content = text
        case "c":
            try endCell()
            cell = nil
        case "row":
            isInRow = false
            if !values.isEmpty { rows.append(Sheet.Row(number: rowNumber, values: values)) }
        default: break
        }
    }

    // MARK: Rows

    private mutating func beginRow(_ attributes: PartAttributes) throws(SpreadsheetError) {
        let number = attributes["r"].map { Int($0) ?? 0 } ?? rowNumber + 1
        guard number > rowNumber else { throw damaged("row \(number) follows row \(rowNumber)") }
        guard !isInRow else { throw damaged("in row \(rowNumber) stands another") }
        isInRow = true
        rowNumber = number
        values = []
        column = 0
    }

    private mutating func beginCell(_ attributes: PartAttributes) throws(SpreadsheetError) {
        let name = "cell \(attributes["r"]?.prefix(20) ?? "without a place")"
        if let cell { throw damaged("in the \(cell) stands the \(name)") }
        guard isInRow else { throw damaged("the \(name) stands in no row") }
        cell = name
        let next = try attributes["r"].map { (place) throws(SpreadsheetError) in
            try columnNumber(place)
        }
        guard next ?? column + 1 > column else {
            throw damaged("the cell \(attributes["r"] ?? "?") stands behind a later one")
        }
        column = next ?? column + 1
        kind = attributes["t"] ?? "n"
        style = attributes["s"].flatMap { Int($0) } ?? 0
        content = nil
        inline = RichText()
    }

    /// The column of a place as `AB12`.
    private func columnNumber(_ place: String) throws(SpreadsheetError) -> Int {
        var number = 0
        for byte in place.utf8.prefix(while: { $0 >= 0x41 && $0 <= 0x5A }).prefix(4) {
            number = number * 26 + Int(byte - 0x40)
        }
        guard number > 0 else { throw damaged("a cell stands at \"\(place.prefix(20))\"") }
        return number
    }

    // MARK: Cells

    private mutating func endCell() throws(SpreadsheetError) {
        let value = try value()
        guard value != .empty else { return }
        guard rowNumber <= SpreadsheetLimits.maximumRowNumber else {
            throw .tooLarge(
                file: book.file,
                what: "rows in the sheet \(sheet)",
                limit: SpreadsheetLimits.maximumRowNumber
            )
        }
        guard column <= SpreadsheetLimits.maximumColumnNumber else {
            throw .tooLarge(
                file: book.file,
                what: "columns in the sheet \(sheet)",
                limit: SpreadsheetLimits.maximumColumnNumber
            )
        }
        roomForCells -= column - values.count
        guard roomForCells >= 0 else {
            throw .tooLarge(
                file: book.file,
                what: "cells, empty ones in front of others among them,",
                limit: SpreadsheetLimits.maximumCellCount
            )
        }
        values += [SheetValue](repeating: .empty, count: column - 1 - values.count)
        values.append(value)
    }

    private func value() throws(SpreadsheetError) -> SheetValue {
        if kind == "inlineStr" { return text(inline.plain) }
        guard let content, !content.isEmpty else { return .empty }
        switch kind {
        case "s":
            guard let index = Int(content), book.texts.indices.contains(index) else {
                throw damaged("a cell refers to the text \(content.prefix(20)), which is not there")
            }
            return text(book.texts[index])
        case "str": return text(RichText.unescaped(content))
        case "b": return .flag(content == "1" || content == "true")
        case "e": return .fault("the cell shows the error \(content.prefix(20)); mend its formula")
        case "d": return text(Self.isoText(content))
        case "n": return try number(content)
        default: throw damaged("a cell is of the kind \"\(kind.prefix(20))\"")
        }
    }

    private func number(_ content: String) throws(SpreadsheetError) -> SheetValue {
        guard let number = Double(content), number.isFinite else {
            throw damaged("a cell holds \"\(content.prefix(20))\" as a number")
        }
        guard book.styles.isDate(style) else { return .number(number) }
        guard let text = SerialDay.text(number, countsFrom1904: book.countsFrom1904) else {
            return .fault("the number \(content.prefix(20)) is shown as a day and is none")
        }
        return .text(text)
    }

    private func text(_ text: String) -> SheetValue {
        guard text.utf8.count <= SpreadsheetLimits.maximumTextBytes else {
            return .fault(
                "the text has more than the \(SpreadsheetLimits.maximumTextBytes) bytes allowed"
            )
        }
        return text.isEmpty ? .empty : .text(text)
    }

    /// A day of ISO 8601 without a time that is midnight.
    private static func isoText(_ text: String) -> String {
        let midnight = text.firstRange(of: "T00:00:00")
        return midnight.map { String(text[..<$0.lowerBound]) } ?? text
    }

    private func damaged(_ reason: String) -> SpreadsheetError {
        .damaged(file: book.file, part: part, reason: reason)
    }
}
