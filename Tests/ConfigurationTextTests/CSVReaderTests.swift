import ConfigurationText
import Testing

@Suite struct CSVReaderTests {
    private func records(_ text: String) throws -> [CSVReader.Record] {
        var reader = CSVReader(Array(text.utf8), file: "t.csv")
        var records: [CSVReader.Record] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    @Test func `records carry the line on which they begin`() throws {
        let read = try records("\u{FEFF}code,name\r\n\r\nb1,\"Bản\n\"\"Một\"\"\"\nb2,\n")
        #expect(read.map(\.line) == [1, 3, 5])
        #expect(read.map(\.fields) == [["code", "name"], ["b1", "Bản\n\"Một\""], ["b2", ""]])
    }

    @Test func `an empty text has no record`() throws {
        #expect(try records("").isEmpty)
        #expect(try records("\n\r\n").isEmpty)
    }

    @Test func `the last line needs no end`() throws {
        #expect(try records("a,b").map(\.fields) == [["a", "b"]])
        #expect(try records("a,").map(\.fields) == [["a", ""]])
    }

    @Test(arguments: [
        ("a\"b,c\n", "a quote inside a field"),
        ("\"a\"b,c\n", "text after the closing quote"),
        ("\"a,c\n", "a quote that is never closed"),
    ])
    func `a fault names line and column, and reading goes on behind it`(
        line: String,
        problem: String
    ) throws {
        var reader = CSVReader(Array(("x,y\n" + line + "good,line\n").utf8), file: "t.csv")
        _ = try reader.next()
        let fault = try #require(throws: ConfigurationFault.self) { _ = try reader.next() }
        #expect("\(fault)".hasPrefix("t.csv:2:1: column 1: cannot read the record: "))
        #expect(fault.message.contains(problem))
        let next = try reader.next()
        #expect(next?.fields == ["good", "line"])
        #expect(next?.line == 3)
    }

    @Test func `bytes that are not UTF-8 are a fault`() throws {
        var reader = CSVReader([0x61, 0xFF, 0x0A, 0x62], file: "t.csv")
        let fault = try #require(throws: ConfigurationFault.self) { _ = try reader.next() }
        #expect(fault.message.contains("UTF-8"))
        #expect(try reader.next()?.fields == ["b"])
    }
}
