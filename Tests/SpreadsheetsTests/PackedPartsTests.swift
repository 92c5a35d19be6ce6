import TestKit
import Testing

@testable import Spreadsheets

struct PackedPartsTests {
    private static let book = HandMadeWorkbook(
        sheet: "<row><c t=\"inlineStr\"><is><t>x</t></is></c></row>"
    )

    private func reason(_ bytes: [UInt8]) -> String {
        do throws(SpreadsheetError) {
            _ = try WorkbookReader.sheets(of: bytes, file: "a.xlsx")
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func `other files are refused with what to do`() {
        #expect(reason([]).contains("no .xlsx file"))
        #expect(reason(Array("code,name\n".utf8)).contains("no .xlsx file"))
        #expect(reason([0xD0, 0xCF, 0x11, 0xE0, 1, 2]).contains("protected by a password"))
        var archive = Self.book
        archive.parts = [("mimetype", "application/vnd.oasis.opendocument.spreadsheet")]
        #expect(reason(archive.bytes).contains("as .ods or .docx"))
    }

    @Test func `a part twice, too many parts and too many bytes are refused`() {
        var book = Self.book
        book.parts.append(("XL/workbook.xml", ""))
        #expect(reason(book.bytes).contains("it stands twice"))
        book.parts = (0...SpreadsheetLimits.maximumPartCount).map { ("part\($0)", "") }
        #expect(reason(book.bytes).contains("more parts than the 2000"))
        let large = [UInt8](repeating: 0x50, count: SpreadsheetLimits.maximumFileBytes + 1)
        #expect(reason(large).contains("more bytes than"))
    }

    @Test func `what the directory says a part unpacks to is never exceeded`() throws {
        var bytes = Self.book.bytes
        // The plain size of the first entry of the directory, which is 24 bytes behind its mark.
        let entry = try #require(
            bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4B, 1, 2]) }
        )
        for place in 0..<3 { bytes[entry + 24 + place] = 0xFF }
        bytes[entry + 27] = 0x7F
        #expect(reason(bytes).contains("more unpacked bytes than"))
    }

    @Test func `a file cut anywhere is refused`() {
        let bytes = Self.book.bytes
        for count in bytes.indices {
            #expect(reason(Array(bytes[..<count])) != "none", "cut to \(count) bytes")
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `a file with any bytes changed is read or refused`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bytes = Self.book.bytes
        var refused = 0
        for _ in 0..<2000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: changed.indices, using: &generator)
                changed[place] = UInt8.random(in: 0...255, using: &generator)
            }
            if reason(changed) != "none" { refused += 1 }
        }
        #expect(refused > 500, "seed \(seed)")
    }
}
