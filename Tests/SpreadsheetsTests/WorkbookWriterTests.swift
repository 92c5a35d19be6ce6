import Foundation
import TestKit
import Testing

@testable import Spreadsheets

struct WorkbookWriterTests {
    private static let columns = [
        WrittenSheet.Column("code", note: "Mã", isRequired: true),
        WrittenSheet.Column("kind", choices: ["lamp", "bin"]),
        WrittenSheet.Column("share", isText: false),
    ]

    private func written(_ sheets: [WrittenSheet]) throws -> [Sheet] {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "a.xlsx")
        try WorkbookWriter.write(sheets, to: path)
        #expect(!FileManager.default.fileExists(atPath: "\(path).partial"))
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        return try WorkbookReader.sheets(of: bytes, file: path)
    }

    @Test func `what is written is read again`() throws {
        let rows: [[SheetValue]] = [
            [.text("007"), .text("Đèn \"1\" <&> _x0041_"), .number(0.1)],
            [.text("b"), .empty, .number(-1e15)],
            [.text("c"), .text(" giữa\nhai dòng "), .flag(true)],
        ]
        let sheets = try written([
            WrittenSheet("devices", columns: Self.columns, rows: rows),
            WrittenSheet("Hướng dẫn", columns: [], rows: []),
        ])
        #expect(sheets.map(\.name) == ["devices", "Hướng dẫn"])
        #expect(sheets[0].rows.map(\.number) == [1, 2, 3, 4])
        #expect(sheets[0].rows[0].values == [.text("code"), .text("kind"), .text("share")])
        #expect(sheets[0].rows.dropFirst().map(\.values) == rows)
    }

    @Test func `numbers come back bit for bit where the writer says so, as short ones do`() throws {
        var generator = SeededGenerator(seed: 7)
        var numbers: [Double] = [0, 0.1, -90, 21.512345678901234, 1e15, .pi]
        for _ in 0..<500 {
            let exponent = Int.random(in: -30...50, using: &generator)
            let share = Double.random(in: -1...1, using: &generator)
            numbers.append(share * Double(sign: .plus, exponent: exponent, significand: 1))
        }
        let sheets = try written([
            WrittenSheet(
                "n",
                columns: [.init("n", isText: false)],
                rows: numbers.map { [.number($0)] }
            )
        ])
        let read = sheets[0].rows.dropFirst().map(\.values)
        #expect(read.count == numbers.count)
        for (number, values) in zip(numbers, read) {
            #expect((values == [.number(number)]) == WorkbookWriter.keeps(number), "\(number)")
        }
        #expect(numbers.prefix(6).count(where: WorkbookWriter.keeps) == 5)
    }

    @Test func `a text that a cell cannot hold and a folder that is not there are refused`() throws
    {
        let long = String(repeating: "x", count: 32_768)
        let folder = try TemporaryFolder()
        let path = folder.path(of: "a.xlsx")
        let sheet = WrittenSheet("s", columns: [.init("c")], rows: [[.text(long)]])
        let error = #expect(throws: SpreadsheetError.self) {
            try WorkbookWriter.write([sheet], to: path)
        }
        #expect(error?.description.contains("the cell A2 of the sheet s") == true)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: "\(path).partial"))
        #expect(throws: SpreadsheetError.self) {
            try WorkbookWriter.write([], to: folder.path(of: "absent/a.xlsx"))
        }
    }

    @Test func `columns have the letters that programs show`() {
        #expect(
            [1, 26, 27, 52, 53, 702, 703].map(Sheet.letters) == [
                "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
            ]
        )
    }
}
