/// The cells of one sheet.
///
/// - Source: ISO/IEC 29500-1, sections 18.3.1.4 (`c`), 18.3.1.55 (`mergeCells`), 18.3.1.73 (`row`)
///   and 18.18.11 (`ST_CellType`).
struct SheetContents: PartContent {
    /// What cells refer to.
    struct Book {
        let file: String
        let texts: [String?]
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
    private var isInCell = false
    /// Where the cell that is being read stands, as the file says.
    private var place: String?
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
                    "the cells \(attributes["ref"]?.shown() ?? "?") are merged, so that "
                    + "a row would lack its values; undo the merge and fill each cell"
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
            isInCell = false
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
        let outer = place
        place = attributes["r"]
        guard !isInCell else {
            throw damaged("in the \(Self.cell(outer)) stands the \(Self.cell(place))")
        }
        guard isInRow else { throw damaged("the \(Self.cell(place)) stands in no row") }
        isInCell = true
        let next = try place.map { (place) throws(SpreadsheetError) in try columnNumber(place) }
        guard next ?? column + 1 > column else {
            throw damaged("the \(Self.cell(place)) stands behind a later one")
        }
        column = next ?? column + 1
        kind = attributes.word("t") ?? "n"
        style = attributes["s"].flatMap { Int($0) } ?? 0
        content = nil
        inline = RichText()
    }

    /// How a message names a cell.
    private static func cell(_ place: String?) -> String {
        "cell \(place?.shown() ?? "without a place")"
    }

    /// The column of a place as `AB12`.
    private func columnNumber(_ place: String) throws(SpreadsheetError) -> Int {
        var number = 0
        for byte in place.utf8.prefix(while: { $0 >= 0x41 && $0 <= 0x5A }).prefix(4) {
            number = number * 26 + Int(byte - 0x40)
        }
        guard number > 0 else { throw damaged("a cell stands at \"\(place.shown())\"") }
        return number
    }

    // MARK: Cells

    private mutating func endCell() throws(SpreadsheetError) {
        let value = try value()
        guard value != .empty else { return }
        guard rowNumber <= SpreadsheetLimits.maximumRowNumber else {
            throw .tooLarge(
                file: book.file,
                what: "rows in the sheet \(sheet.shown(64))",
                limit: SpreadsheetLimits.maximumRowNumber
            )
        }
        guard column <= SpreadsheetLimits.maximumColumnNumber else {
            throw .tooLarge(
                file: book.file,
                what: "columns in the sheet \(sheet.shown(64))",
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
        if kind == "inlineStr" { return text(inline.whole) }
        guard let content, !content.isEmpty else { return .empty }
        // It may have been cut.
        guard content.utf8.count <= SpreadsheetLimits.maximumTextBytes else { return text(nil) }
        switch kind {
        case "s":
            guard let index = Int(content), book.texts.indices.contains(index) else {
                throw damaged("a cell refers to the text \(content.shown()), which is not there")
            }
            return text(book.texts[index])
        case "str": return text(RichText.unescaped(content))
        case "b": return .flag(["1", "true"].contains { content.utf8.elementsEqual($0.utf8) })
        case "e": return .fault("the cell shows the error \(content.shown()); mend its formula")
        case "d": return text(Self.isoText(content))
        case "n": return try number(content)
        default: throw damaged("a cell is of the kind \"\(kind.shown())\"")
        }
    }

    private func number(_ content: String) throws(SpreadsheetError) -> SheetValue {
        guard let number = Double(content), number.isFinite else {
            throw damaged("a cell holds \"\(content.shown())\" as a number")
        }
        guard book.styles.isDate(style) else { return .number(number) }
        guard let text = SerialDay.text(number, countsFrom1904: book.countsFrom1904) else {
            return .fault("the number \(content.shown()) is shown as a day and is none")
        }
        return .text(text)
    }

    /// A text, nil being one that is too long.
    private func text(_ text: String?) -> SheetValue {
        guard let text, text.utf8.count <= SpreadsheetLimits.maximumTextBytes else {
            return .fault(
                "the text has more than the \(SpreadsheetLimits.maximumTextBytes) bytes allowed"
            )
        }
        return text.isEmpty ? .empty : .text(text)
    }

    /// A day of ISO 8601 without a time that is midnight.
    private static func isoText(_ text: String) -> String {
        let midnight = text.utf8.firstRange(of: "T00:00:00".utf8)
        return midnight.map { String(text[..<$0.lowerBound]) } ?? text
    }

    private func damaged(_ reason: String) -> SpreadsheetError {
        .damaged(file: book.file, part: part, reason: reason)
    }
}
