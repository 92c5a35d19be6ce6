import TestKit
import Testing

@testable import Decoding

struct CSVTextTests {
    private static func rows(_ text: String, _ delimiter: Character = ",") throws -> [[String]] {
        try CSVText(Array(text.utf8), delimiter: delimiter.asciiValue ?? 0).rows.map { row in
            row.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func `cells, quotation marks and line ends are those of RFC 4180`() throws {
        #expect(try Self.rows("a,b\r\nc,d\n") == [["a", "b"], ["c", "d"]])
        #expect(try Self.rows("\"a,\n\"\"b\"\"\",,\"\"\r\n") == [["a,\n\"b\"", "", ""]])
        #expect(try Self.rows("\u{FEFF}a;b\n\n\nc;d", ";") == [["a", "b"], ["c", "d"]])
        #expect(try Self.rows("").isEmpty)
        #expect(try Self.rows("a\tb", "\t") == [["a", "b"]])
    }

    @Test(arguments: ["a\"b,c", "\"a\"b,c", "\"a,b", "\"a\"\""])
    func `a quotation mark where none may stand is refused`(text: String) {
        #expect(throws: DecodingError.self) { _ = try Self.rows(text) }
    }

    @Test func `lines and columns have limits`() {
        let lines = String(repeating: "a\n", count: DecodingLimits.csvLines)
        #expect(throws: Never.self) { _ = try Self.rows(lines) }
        #expect(throws: DecodingError.tooManyElements(limit: DecodingLimits.csvLines)) {
            _ = try Self.rows(lines + "a\n")
        }
        let cells = String(repeating: ",", count: DecodingLimits.csvColumns)
        #expect(throws: DecodingError.tooManyElements(limit: DecodingLimits.csvColumns)) {
            _ = try Self.rows(cells)
        }
    }

    @Test func `what is written comes back`() throws {
        var generator = SeededGenerator(seed: 12)
        print("seed \(generator.seed)")
        let letters = Array("ab,\"\r\n é")
        for _ in 0..<2_000 {
            let rows = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                (0..<Int.random(in: 2...4, using: &generator)).map { _ in
                    String(
                        (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                            letters.randomElement(using: &generator) ?? "a"
                        }
                    )
                }
            }
            let text = rows.map { row in
                row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
            }.joined(separator: "\r\n")
            #expect(try Self.rows(text) == rows)
        }
    }
}
