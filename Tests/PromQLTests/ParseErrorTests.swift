import PromQL
import Telemetry
import Testing

/// What the parser says of wrong expressions: where, and what was expected.
@Suite struct ParseErrorTests {
    @Test(arguments: WrongExpressions.table)
    func `a fault is named with its place`(text: String, place: String, message: String) {
        let error = #expect(throws: QueryError.self) { try PromQLParser.parse(text) }
        #expect(error?.description == "\(place): parse error: \(message)")
        #expect(error?.kind == .parse)
        #expect(error?.place?.description == place)
    }

    @Test(arguments: WrongExpressions.table)
    func `a fault tells what was expected`(text: String, place: String, message: String) {
        let words = ["expected", "must"]
        #expect(words.contains { message.contains($0) })
    }

    @Test func `the place counts lines, and bytes within a line`() throws {
        let error = #expect(throws: QueryError.self) {
            try PromQLParser.parse("up{làng=\"x\"}\n +\n\t )")
        }
        #expect(error?.place?.description == "1:5")
        let second = #expect(throws: QueryError.self) {
            try PromQLParser.parse("up{site=\"Nà Ếch\"}\n + rate(up)")
        }
        #expect(second?.place?.description == "2:9")
        #expect(second?.position == 29)
    }

    @Test func `an error about no place has none`() {
        #expect(
            QueryError(.canceled, "the query was canceled").description == "the query was canceled"
        )
    }

    @Test func `a selector that is none is refused with its place`() {
        let error = #expect(throws: QueryError.self) { try PromQLParser.parseSelector("sum(up)") }
        #expect(
            error?.description
                == "1:1: parse error: expected a series selector such as up{site=\"a\"}, "
                + "got \"sum(up)\""
        )
    }
}
