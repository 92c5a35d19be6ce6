import Testing

@testable import Spreadsheets

struct WorkbookReaderTests {
    private func rows(_ book: HandMadeWorkbook) throws -> [Sheet.Row] {
        let sheets = try WorkbookReader.sheets(of: book.bytes, file: "a.xlsx")
        #expect(sheets.map(\.name) == ["Một"])
        return sheets.first?.rows ?? []
    }

    /// Rows with texts of each kind.
    private static let textRows = [
        "<row r=\"2\"><c r=\"B2\" t=\"s\"><v>1</v></c><c r=\"D2\" t=\"inlineStr\">",
        "<is><r><t>Bản </t></r><r><t>1</t></r></is></c></row>",
        "<row><c t=\"str\"><f>A1</f><v>kết quả</v></c></row>",
    ].joined()

    @Test func `texts are shared, inline and of formulas, in runs and without what is spoken`()
        throws
    {
        let book = HandMadeWorkbook(
            sheet: Self.textRows,
            texts: "<si><t/></si><si><r><t xml:space=\"preserve\">a </t></r><r><t>b_x005F_c</t></r>"
                + "<rPh sb=\"0\" eb=\"1\"><t>spoken</t></rPh></si>"
        )
        #expect(
            try rows(book) == [
                .init(number: 2, values: [.empty, .text("a b_c"), .empty, .text("Bản 1")]),
                .init(number: 3, values: [.text("kết quả")]),
            ]
        )
    }

    @Test(arguments: [
        ("", "45839", "2025-07-01"), ("", "0.75", "18:00"),
        ("", "45839.770833333336", "2025-07-01 18:30"), ("", "59", "1900-02-28"),
        ("", "61", "1900-03-01"), ("", "1", "1900-01-01"),
        ("date1904=\"1\"", "44377", "2025-07-01"), ("date1904=\"true\"", "0", "1904-01-01"),
        ("", "2958465", "9999-12-31"), ("", "0.00001157407", "00:00:01"),
    ])
    func `numbers in a style of days are days and times`(
        properties: String,
        number: String,
        text: String
    ) throws {
        let book = HandMadeWorkbook(
            sheet: "<row><c s=\"1\"><v>\(number)</v></c><c s=\"0\"><v>\(number)</v></c></row>",
            styles: "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>",
            properties: properties
        )
        let plain = try #require(Double(number))
        #expect(try rows(book).first?.values == [.text(text), .number(plain)])
    }

    @Test(arguments: [
        ("General", false), ("0.00", false), ("#,##0.00\" đ\"", false), ("\"day\"0", false),
        ("[Red]0", false), ("0\\d", false), ("0.00E+00", false), ("@", false),
        ("yyyy-mm-dd", true), ("[h]:mm", true), ("HH:MM", true), ("[$-42A]dd/mm/yyyy;@", true),
    ])
    func `a format shows days when a letter of days stands outside quotes`(
        code: String,
        isDate: Bool
    ) {
        #expect(DateStyles.showsDate(code) == isDate)
    }

    @Test func `flags, errors, days of ISO 8601 and days that are none`() throws {
        let book = HandMadeWorkbook(
            sheet: "<row><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c>"
                + "<c t=\"d\"><v>2025-07-01T00:00:00</v></c><c s=\"0\"><v>60</v></c>"
                + "<c s=\"0\"><v>-1</v></c></row>",
            styles: "<numFmts><numFmt numFmtId=\"164\" formatCode=\"d/m/yyyy\"/></numFmts>"
                + "<cellStyleXfs><xf numFmtId=\"0\"/></cellStyleXfs>"
                + "<cellXfs><xf numFmtId=\"164\"/></cellXfs>"
        )
        let values = try #require(try rows(book).first?.values)
        #expect(values.count == 5)
        #expect(values[0] == .flag(true))
        #expect(values[1] == .fault("the cell shows the error #N/A; mend its formula"))
        #expect(values[2] == .text("2025-07-01"))
        #expect(values[3] == .fault("the number 60 is shown as a day and is none"))
        #expect(values[4] == .fault("the number -1 is shown as a day and is none"))
    }

    @Test func `rows that only have a style hold nothing, wherever they are`() throws {
        let book = HandMadeWorkbook(
            sheet: "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>x</t></is></c></row>"
                + "<row r=\"1048576\"><c r=\"XFD1048576\" s=\"0\"/></row>"
        )
        #expect(try rows(book) == [.init(number: 1, values: [.text("x")])])
    }

    @Test(arguments: [
        ("<row r=\"100002\"><c><v>1</v></c></row>", "more rows in the sheet Một than the 100001"),
        ("<row><c r=\"IW1\"><v>1</v></c></row>", "more columns in the sheet Một than the 256"),
        ("<row r=\"2\"/><row r=\"2\"/>", "row 2 follows row 2"),
        ("<row><c r=\"B1\"/><c r=\"A1\"/></row>", "the cell A1 stands behind a later one"),
        (
            "<row><c r=\"A1\"><v>1</v><c r=\"B1\"><v>2</v></c></c></row>",
            "in the cell A1 stands the cell B1"
        ),
        ("<row r=\"1\"><row r=\"2\"><c><v>1</v></c></row></row>", "in row 1 stands another"),
        ("<c r=\"A1\"><v>1</v></c>", "the cell A1 stands in no row"),
        ("<row><c r=\"11\"/></row>", "a cell stands at \"11\""),
        ("<row><c t=\"s\"><v>0</v></c></row>", "the text 0, which is not there"),
        ("<row><c><v>nan</v></c></row>", "holds \"nan\" as a number"),
        ("<row><c><v>x</v></c></row>", "holds \"x\" as a number"),
        ("<row><c t=\"?\"><v>x</v></c></row>", "a cell is of the kind \"?\""),
        ("<row><c>", "is no XML"),
        (
            "</sheetData><mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells><sheetData>",
            "A1:B2 are merged"
        ),
    ])
    func `what a sheet cannot be is refused with the reason`(sheet: String, reason: String) {
        let error = #expect(throws: SpreadsheetError.self) {
            try rows(HandMadeWorkbook(sheet: sheet))
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `a part that declares a document type is refused`() {
        var book = HandMadeWorkbook(sheet: "")
        book.parts[6].text = "<!DOCTYPE w [<!ENTITY a \"x\">]><worksheet>&a;</worksheet>"
        let error = #expect(throws: SpreadsheetError.self) { try rows(book) }
        #expect(error?.description.contains("declares a document type") == true)
    }

    @Test func `no comment or instruction is so long that a document type hides behind it`() {
        let filling = String(repeating: "x", count: 200 << 10)
        for prolog in ["<?xml version=\"1.0\"?>", "<!--\(filling)-->", "<?a \(filling)?>\n"] {
            var book = HandMadeWorkbook(sheet: "")
            book.parts[6].text =
                prolog + "<!DOCTYPE w [<!ENTITY a \"x\">]><worksheet>&a;</worksheet>"
            let error = #expect(throws: SpreadsheetError.self) { try rows(book) }
            #expect(error?.description.contains("declares a document type") == true)
        }
    }

    @Test func `words that look like a declaration may stand in a comment or a text`() throws {
        var book = HandMadeWorkbook(sheet: "")
        book.parts[6].text =
            "<!-- <!DOCTYPE w> --><worksheet><sheetData><row><c t=\"str\"><v>"
            + "<![CDATA[<!DOCTYPE w]]></v></c></row></sheetData></worksheet>"
        #expect(try rows(book).map(\.values) == [[.text("<!DOCTYPE w")]])
    }

    @Test func `a text in pieces of CDATA is one, and no longer than texts may be`() throws {
        let piece = String(repeating: "a", count: 100 << 10)
        let row = "<row><c t=\"str\"><v>a<![CDATA[<b>]]>c</v></c></row>"
        #expect(try rows(HandMadeWorkbook(sheet: row)).map(\.values) == [[.text("a<b>c")]])
        let pieces = String(repeating: "<![CDATA[\(piece)]]>", count: 3)
        let long = "<row><c t=\"str\"><v>\(pieces)</v></c></row>"
        guard case .fault = try rows(HandMadeWorkbook(sheet: long)).first?.values.first else {
            Issue.record("the text was taken")
            return
        }
    }

    /// Cells whose texts begin with what alone would be a value.
    private static let longCells: [String] = {
        let limit = SpreadsheetLimits.maximumTextBytes
        let zeros = String(repeating: "0", count: limit + 1)
        let escapes = String(repeating: "_x0041_", count: limit / 7 + 1)
        return [
            "<c><v>\(zeros)1</v></c>", "<c t='b'><v>\(zeros)1</v></c>",
            "<c t='s'><v>\(zeros)1</v></c>", "<c t='d'><v>\(zeros)1</v></c>",
            "<c t='str'><v>\(escapes)B</v></c>", "<c t='s'><v>0</v></c>",
            "<c t='inlineStr'><is><t>\(escapes)B</t></is></c>",
            "<c t='inlineStr'><is><r><t>\(zeros.dropLast())</t></r><r><t>1</t></r></is></c>",
        ]
    }()

    @Test(arguments: 0..<8)
    func `a text that is too long is not cut and taken for the whole`(place: Int) throws {
        let escapes = String(repeating: "_x0041_", count: SpreadsheetLimits.maximumTextBytes / 7)
        let book = HandMadeWorkbook(
            sheet: "<row>\(Self.longCells[place])</row>",
            texts: "<si><t>\(escapes)_x0041_B</t></si>"
        )
        let reason = "the text has more than the 131072 bytes allowed"
        #expect(try rows(book).first?.values == [.fault(reason)])
    }

    @Test func `a format is looked at once, however many cells have it`() throws {
        let code = String(repeating: "0", count: 1_000_000) + "d"
        let count = 10_000
        let book = HandMadeWorkbook(
            sheet: String(repeating: "<row><c s='0'><v>1</v></c></row>", count: count),
            styles: "<numFmts><numFmt numFmtId='164' formatCode='\(code)'/></numFmts>"
                + "<cellXfs><xf numFmtId='164'/></cellXfs>"
        )
        var read: [Sheet.Row] = []
        let time = try ContinuousClock().measure { read = try rows(book) }
        #expect(read.map(\.values) == Array(repeating: [.text("1900-01-01")], count: count))
        // It takes some 10 ms to look at it.
        #expect(time < .seconds(30))
    }

    @Test func `what a file says is shown short and without what nobody sees`() throws {
        let word = "\u{200B}A\u{202E}1:\u{7F}" + String(repeating: "\u{301}", count: 1000)
        for sheet in [
            "<mergeCell ref='\(word)'/>", "<row><c t='\(word)'><v>1</v></c></row>",
            "<row><c t='s'><v>\(word)</v></c></row>", "<row><c><v>\(word)</v></c></row>",
            "<row><c r='\(word)'/></row>", "<c r='\(word)'/>",
            "<row><c r='B1'/><c r='A\(word)'/></row>", "</A\(word)>",
            "<row><c r='A1\(word)'><c/></c></row>", "<a><\(word)></a>",
        ] {
            let error = #expect(throws: SpreadsheetError.self) {
                try rows(HandMadeWorkbook(sheet: sheet))
            }
            let text = error?.description ?? ""
            #expect(text.unicodeScalars.count < 250, "\(sheet)")
            let unseen: Set<Unicode.Scalar> = ["\u{200B}", "\u{202E}", "\u{7F}"]
            #expect(unseen.isDisjoint(with: text.unicodeScalars), "\(sheet)")
        }
    }

    @Test func `cells are counted with the empty ones in front of them`() {
        let last = SpreadsheetLimits.maximumColumnNumber
        let count = SpreadsheetLimits.maximumCellCount / last + 1
        // Column 256 is IV.
        let sheet = String(repeating: "<row><c r=\"IV1\"><v>1</v></c></row>", count: count)
        let error = #expect(throws: SpreadsheetError.self) {
            try rows(HandMadeWorkbook(sheet: sheet))
        }
        #expect(error?.description.contains("than the 4000000 allowed") == true)
    }
}
