import Testing

@testable import Decoding

/// Topic filters, by the examples of MQTT 5.0 sections 4.7.1 to 4.7.3.
struct TopicFilterTests {
    @Test(arguments: [
        ("sport/tennis/player1/#", "sport/tennis/player1", true),
        ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
        ("sport/tennis/player1/#", "sport/tennis/player10", false),
        ("sport/#", "sport", true), ("#", "a/b/c", true), ("#", "/", true),
        ("sport/tennis/+", "sport/tennis/player1", true),
        ("sport/tennis/+", "sport/tennis/player1/ranking", false),
        ("sport/+", "sport", false), ("sport/+", "sport/", true), ("+", "finance", true),
        ("+/+", "/finance", true), ("/+", "/finance", true), ("+", "/finance", false),
        ("#", "$SYS/a", false), ("+/a", "$SYS/a", false), ("$SYS/#", "$SYS/a", true),
        ("$SYS/a/+", "$SYS/a/b", true), ("a/b", "a/b", true), ("a/b", "a/b/", false),
        ("a/b", "a", false), ("a//b", "a//b", true), ("a/+/b", "a//b", true), ("a", "A", false),
        ("$share/crew/tele/+", "tele/x", true), ("làng/+", "làng/đèn", true),
    ])
    func `a filter matches what the standard says`(filter: String, topic: String, expected: Bool)
        throws
    {
        #expect(try #require(TopicFilter(filter)).matches(topic) == expected)
    }

    @Test(arguments: [
        "", "sport+", "a/#/b", "a#", "#a", "a/b+", "a\u{0}b", "$share/x", "$share//a", "$share/g/",
        "$share/g+/a", "$share/+/a",
    ])
    func `a filter with a misplaced wildcard is none`(filter: String) {
        #expect(TopicFilter(filter) == nil)
    }

    @Test func `the address is what the wildcards matched`() throws {
        func address(_ filter: String, _ topic: String) throws -> String {
            var bytes: [UInt8] = []
            try #require(TopicFilter(filter)).appendWildcards(of: Array(topic.utf8), to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(try address("bins/+/state", "bins/7/state") == "7")
        #expect(try address("+/a/+", "x/a/y") == "x/y")
        #expect(try address("a/#", "a/b/c") == "b/c")
        #expect(try address("a/#", "a") == "")
        #expect(try address("a/b", "a/b") == "")
    }
}
