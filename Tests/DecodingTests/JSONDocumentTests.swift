import Foundation
import Telemetry
import TestKit
import Testing

@testable import Decoding

/// The JSON reader: what it takes, what it refuses, and that it reads what others read.
struct JSONDocumentTests {
    static func parse(_ text: String, limits: DecodingLimits = DecodingLimits())
        throws(DecodingError) -> JSONDocument
    {
        try parse(Array(text.utf8), limits: limits)
    }

    static func parse(_ bytes: [UInt8], limits: DecodingLimits = DecodingLimits())
        throws(DecodingError) -> JSONDocument
    {
        var document = JSONDocument()
        try document.parse(bytes.span, limits: limits)
        return document
    }

    static func reason(_ bytes: [UInt8]) -> String? {
        do throws(DecodingError) {
            _ = try parse(bytes)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `members are found by key, the escaped ones too`() throws {
        let document = try Self.parse(#"{"a":1,"b":{"c":[true,null,"x\n"]},"\u0064":2}"#)
        let b = try #require(document.member(JSONKey("b"), of: 0))
        let c = try #require(document.member(JSONKey("c"), of: b))
        #expect(document.element(2, of: c).flatMap { document.string($0) } == "x\n")
        #expect(document.element(3, of: c) == nil)
        #expect(document.member(JSONKey("d"), of: 0).flatMap { document.number($0) } == 2)
        #expect(document.member(JSONKey("e"), of: 0) == nil)
    }

    @Test func `the bytes of strings and keys are their text, escapes resolved`() throws {
        let document = try Self.parse(
            #"{"\u0061\/é\n":"\ud83d\ude00\u1ED9\t","b":["c\u0000d"]}"#
        )
        let texts = document.nodes.indices
            .filter { [.key, .string].contains(document.nodes[$0].kind) }
            .map { String(decoding: document.bytes[document.nodes[$0].range], as: UTF8.self) }
        #expect(texts == ["a/é\n", "😀ộ\t", "b", "c\u{0}d"])
        #expect(document.isString(2, Array("😀ộ\t".utf8)))
        #expect(document.numberText(2) == nil)
        #expect(try Self.parse(#"["\u00312"]"#).numberText(1) == 12)
    }

    @Test(arguments: [0, 40])
    func `keys are the same when their bytes are, not when they look alike`(others: Int) throws {
        let (one, two) = ("é", "e\u{301}")
        #expect(one == two)
        let rest = (0..<others).map { ",\"k\($0)\":0" }.joined()
        for second in [two, #"e\u0301"#] {
            let document = try Self.parse("{\"\(one)\":1,\"\(second)\":2\(rest)}")
            let members = [one, two].map { document.member(JSONKey($0), of: 0) }
            #expect(members.map { $0.flatMap { document.number($0) } } == [1, 2])
        }
        #expect(try !Self.parse(#"["e\u0301"]"#).isString(1, Array(one.utf8)))
    }

    @Test(arguments: [0, 40])
    func `a key that stands twice is told with the place where it stands again`(others: Int) {
        let rest = (0..<others).map { ",\"k\($0)\":0" }.joined()
        let start = "{\"ab\":1\(rest),"
        for again in ["\"ab\":2}", #""\u0061b":2}"#] {
            #expect(
                throws: DecodingError.duplicateKey(key: "ab", offset: start.utf8.count + 1)
            ) {
                _ = try Self.parse(start + again)
            }
        }
    }

    @Test(arguments: [
        "", " ", "{", "[", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[1 2]", "{a:1}", "'a'",
        "01", "-", "+1", ".5", "1.", "1e", "1e+", "NaN", "Infinity", "-Infinity", "nan", "tru",
        "nulll", "[1]]", "{}{}", "\"", "\"\\x\"", "\"\\u12\"", "\"\\uD800\"", "\"\\uDC00\"",
        "\"\\uD800\\u0041\"", "\"\u{01}\"", "\u{FEFF}{}", "[1]\u{0}", "{\"a\":1 \"b\":2}", "0x10",
        "\"a\nb\"", "// a", "[undefined]",
    ])
    func `what RFC 8259 does not have is no JSON`(text: String) {
        #expect(Self.reason(Array(text.utf8)) == "not_json")
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82], [0x80],
        ] as [[UInt8]]
    )
    func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
        #expect(Self.reason(bytes) == "not_utf8")
    }

    @Test func `a key that stands twice is refused, escaped or in a large object too`() {
        #expect(Self.reason(Array(#"{"a":1,"a":2}"#.utf8)) == "duplicate_key")
        #expect(Self.reason(Array(#"{"a":1,"\u0061":2}"#.utf8)) == "duplicate_key")
        #expect(Self.reason(Array(#"{"x":{"a":1},"y":{"a":1}}"#.utf8)) == nil)
        let many = (0..<100).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(Self.reason(Array("{\(many)}".utf8)) == nil)
        #expect(Self.reason(Array("{\(many),\"k7\":0}".utf8)) == "duplicate_key")
    }

    @Test(arguments: [
        (#"{"x":{"a":1,"a":2}}"#, 13), (#"[{"a":1,"a":2}]"#, 9),
        (#"[[{"b":{}},{"a":1,"a":2}]]"#, 19), (#"{"x":[{"a":1,"a":2},3],"y":0}"#, 14),
        (#"{"x":[{"a":1},3],"y":0,"x":1}"#, 24), (#"{"x":{"a":1,"\u0061":2}}"#, 13),
        (#"{"x":{"a":1,"a":2},"z":"\n"}"#, 13),
    ])
    func `a key that stands twice is refused in every object`(text: String, offset: Int) throws {
        let key = text.contains(#""x":1"#) ? "x" : "a"
        #expect(throws: DecodingError.duplicateKey(key: key, offset: offset)) {
            _ = try Self.parse(text)
        }
    }

    @Test func `keys of one signature are told from each other`() throws {
        #expect(JSONKey("abcde").signature == JSONKey("axcye").signature)
        for text in [#"{"abcde":1,"axcye":2}"#, #"{"y":[{"abcde":1,"axcye":2}]}"#] {
            #expect(Self.reason(Array(text.utf8)) == nil)
        }
        #expect(
            Self.reason(Array(#"{"abcde":1,"axcye":2,"abcde":3}"#.utf8)) == "duplicate_key"
        )
    }

    @Test func `objects are refused exactly when a key stands twice`() {
        var generator = SeededGenerator.forTest()
        var refusedCount = 0
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...40, using: &generator)
            let keys = (0..<count).map { _ in "k\(Int.random(in: 0..<400, using: &generator))" }
            // One escape has all keys looked at anew, so that half of the objects have none.
            let oneIn = Bool.random(using: &generator) ? 4 : 0
            let members = keys.map { key in
                let isEscaped = oneIn > 0 && Int.random(in: 0..<oneIn, using: &generator) == 0
                let letter = isEscaped ? #"\u006b"# : "k"
                return "\"\(letter)\(key.dropFirst())\":[{\"k1\":1}]"
            }
            let object = "{\(members.joined(separator: ","))}"
            let text = Bool.random(using: &generator) ? object : "{\"x\":[1,\(object)],\"y\":0}"
            let isRefused = Self.reason(Array(text.utf8)) != nil
            #expect(isRefused == (Set(keys).count < count), "seed \(generator.seed): \(keys)")
            if isRefused { refusedCount += 1 }
        }
        #expect((500..<2_500).contains(refusedCount))
    }

    @Test func `strings end where they end, wherever that is among eight bytes`() throws {
        for length in 0..<40 {
            let letters = String(String(repeating: "ữ~\u{7F}!#[]", count: 6).prefix(length))
            let document = try Self.parse("[\"\(letters)\",\"\(letters)\\n\",1]")
            #expect(document.element(0, of: 0).flatMap { document.string($0) } == letters)
            #expect(document.element(1, of: 0).flatMap { document.string($0) } == letters + "\n")
            for control in 0..<UInt8(0x20) {
                let bytes = [0x22] + Array(letters.utf8) + [control, 0x61, 0x22]
                #expect(Self.reason(bytes) == "not_json")
            }
        }
    }

    @Test func `depth, size and number of elements have limits, and exactly those`() throws {
        let limits = DecodingLimits(payloadBytes: 100, depth: 4, elements: 5)
        _ = try Self.parse("[[[[1]]]]", limits: limits)
        #expect(throws: DecodingError.tooDeep(limit: 4, offset: 4)) {
            _ = try Self.parse("[[[[[1]]]]]", limits: limits)
        }
        _ = try Self.parse("[1,2,3,4,5]", limits: limits)
        #expect(throws: DecodingError.tooManyElements(limit: 5)) {
            _ = try Self.parse("[1,2,3,4,5,6]", limits: limits)
        }
        let full = "\"" + String(repeating: "a", count: 98) + "\""
        _ = try Self.parse(full, limits: limits)
        #expect(throws: DecodingError.payloadTooLarge(bytes: 101, limit: 100)) {
            _ = try Self.parse(full + " ", limits: limits)
        }
        #expect(Self.reason(Array(String(repeating: "[", count: 200_000).utf8)) == "too_deep")
    }

    @Test func `whole numbers are exact up to 2^64 - 1`() throws {
        let document = try Self.parse("[0,18446744073709551615,18446744073709551616,-1,1.0,1e2]")
        let values = (0..<6).map { place in
            document.element(place, of: 0).flatMap { document.unsigned($0) }
        }
        #expect(values == [0, .max, nil, nil, nil, nil])
    }

    @Test func `a number of so many digits that a counter of 64 bits wraps is read all the same`()
        throws
    {
        let document = try Self.parse(
            "[18446744073709551616,36893488147419103232,-18446744073709551616]"
        )
        let values = (0..<3).map { document.element($0, of: 0).flatMap { document.number($0) } }
        let turn = 18_446_744_073_709_551_616.0
        #expect(values == [turn, 2 * turn, -turn])
    }

    @Test func `numbers beyond the range of a double are refused, tiny ones are zero`() throws {
        #expect(Self.reason(Array("1e309".utf8)) == "bad_value")
        #expect(Self.reason(Array("-1e99999999999".utf8)) == "bad_value")
        #expect(Self.reason(Array(("1" + String(repeating: "0", count: 400)).utf8)) == "bad_value")
        #expect(try Self.parse("1.7976931348623157e308").number(0) == .greatestFiniteMagnitude)
        #expect(try Self.parse("1e-400").number(0) == 0)
        #expect(try Self.parse("-0").number(0)?.sign == .minus)
        #expect(try Self.parse("0." + String(repeating: "0", count: 300) + "1").number(0) == 1e-301)
    }

    @Test func `every double is read back exactly from its shortest text`() throws {
        var generator = SeededGenerator(seed: 41)
        print("seed \(generator.seed)")
        for _ in 0..<5000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            #expect(try Self.parse("\(value)").number(0) == value)
            let decimal = Double(Int64.random(in: -9_999_999...9_999_999, using: &generator)) / 1000
            #expect(try Self.parse("\(decimal)").number(0) == decimal)
        }
    }

    @Test func `random documents are read as Foundation reads them`() throws {
        var generator = SeededGenerator(seed: 42)
        print("seed \(generator.seed)")
        for _ in 0..<300 {
            let value = Self.randomValue(depth: 4, &generator)
            let data = try JSONSerialization.data(
                withJSONObject: value,
                options: [.fragmentsAllowed]
            )
            let document = try Self.parse(Array(data))
            #expect(Self.isSame(document, 0, value))
        }
    }

    private static func randomValue(depth: Int, _ generator: inout SeededGenerator) -> Any {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &generator) {
        case 0: return Double(Int.random(in: -100_000...100_000, using: &generator)) / 64
        case 1: return Bool.random(using: &generator)
        case 2: return NSNull()
        case 3: return randomText(&generator)
        case 4:
            return (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                randomValue(depth: depth - 1, &generator)
            }
        default:
            var object: [String: Any] = [:]
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                object[randomText(&generator)] = randomValue(depth: depth - 2, &generator)
            }
            return object
        }
    }

    private static func randomText(_ generator: inout SeededGenerator) -> String {
        let scalars: [Unicode.Scalar] = ["a", "b", "\"", "\\", "/", "\n", "\u{1}", "é", "ỏ", "😀"]
        var text = ""
        for _ in 0..<Int.random(in: 0..<6, using: &generator) {
            text.unicodeScalars.append(scalars.randomElement(using: &generator) ?? "a")
        }
        return text
    }

    private static func isSame(_ document: JSONDocument, _ node: Int, _ value: Any) -> Bool {
        switch document.nodes[node].kind {
        case .null: return value is NSNull
        case .yes: return value as? Bool == true
        case .no: return value as? Bool == false
        case .number: return document.number(node) == value as? Double
        case .string: return document.string(node) == value as? String
        case .key: return false
        case .array:
            guard let array = value as? [Any] else { return false }
            return document.element(array.count, of: node) == nil
                && array.indices.allSatisfy { index in
                    document.element(index, of: node).map {
                        isSame(document, $0, array[index])
                    } ?? false
                }
        case .object:
            guard let object = value as? [String: Any] else { return false }
            return object.allSatisfy { key, member in
                document.member(JSONKey(key), of: node).map {
                    isSame(document, $0, member)
                } ?? false
            }
        }
    }
}
