import Spreadsheets

/// Workbooks as files, or as the texts of their parts.
///
/// With an even first byte the rest is the file; with an odd one the texts are packed with sums
/// that are right, so that damage gets behind them.
struct WorkbookTarget: FuzzTarget {
    private let book = HandMadeWorkbook(
        sheet: #"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>45000.5</v></c>"#
            + #"<c r="C1" t="inlineStr"><is><t>Một</t></is></c><c r="D1" t="b"><v>1</v></c></row>"#,
        texts: "<si><t>xã</t></si>",
        styles: #"<numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy"/></numFmts>"#
            + #"<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>"#
    )

    func seeds() -> [(name: String, bytes: [UInt8])] {
        [
            (name: "file", bytes: [0] + book.bytes),
            (name: "parts", bytes: [1] + Inputs.joined(book.parts.map { Array($0.text.utf8) })),
        ]
    }

    func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        var bytes = Array(input.dropFirst())
        if first & 1 == 1 {
            var changed = book
            let texts = Inputs.pieces(bytes[...], limit: book.parts.count)
            for (place, text) in texts.enumerated() {
                changed.parts[place].text = String(decoding: text, as: UTF8.self)
            }
            bytes = changed.bytes
        }
        do throws(SpreadsheetError) {
            let sheets = try WorkbookReader.sheets(of: bytes, file: "x.xlsx")
            require(sheets.count <= SpreadsheetLimits.maximumSheetCount, "too many sheets")
            for sheet in sheets {
                for row in sheet.rows {
                    require(row.number <= SpreadsheetLimits.maximumRowNumber, "a row beyond")
                    let width = row.values.count
                    require(width <= SpreadsheetLimits.maximumColumnNumber, "a column beyond")
                }
            }
        } catch {
            require(!"\(error)".isEmpty, "a refusal without words")
        }
    }
}
