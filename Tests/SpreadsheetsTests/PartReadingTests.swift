import TestKit
import Testing

@testable import Spreadsheets

/// Which XML is read, and that nothing is read behind a fault.
struct PartReadingTests {
    /// Writes down what passes by, also when the reading fails.
    private final class Record {
        var lines: [String] = []
    }

    private struct Recorder: PartContent {
        let record: Record

        func begin(_ element: String, _ attributes: PartAttributes) {
            let values = ["a", "b", "id"].compactMap { name in
                attributes[name].map { "\(name)=\($0)" }
            }
            record.lines.append((["+" + element] + values).joined(separator: " "))
        }

        func end(_ element: String, _ text: String) {
            record.lines.append("-\(element) \(text)")
        }
    }

    private func lines(_ bytes: [UInt8]) throws -> [String] {
        let record = Record()
        _ = try PartReading.read(bytes, Recorder(record: record), file: "f", part: "p")
        return record.lines
    }

    private func lines(_ text: String) throws -> [String] { try lines(Array(text.utf8)) }

    private func fault(_ text: String) -> String {
        fault(Array(text.utf8))
    }

    private func fault(_ bytes: [UInt8]) -> String {
        let error = #expect(throws: SpreadsheetError.self) { try lines(bytes) }
        return error?.description ?? ""
    }

    private static func wide(_ text: String) -> [UInt8] {
        [0xFF, 0xFE] + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    }

    @Test func `nothing behind the first fault is read`() {
        for fault in ["<b></c>", "&nothing;", "<b x=1/>", "\u{1}", "]]>"] {
            let record = Record()
            let bytes = Array("<a>\(fault)<after/></a>".utf8)
            #expect(throws: SpreadsheetError.self) {
                try PartReading.read(bytes, Recorder(record: record), file: "f", part: "p")
            }
            #expect(!record.lines.contains("+after"), "\(fault): \(record.lines)")
        }
    }

    @Test func `elements, their names and attributes keep to the limits`() throws {
        func attributes(_ count: Int) -> String {
            "<r " + (0..<count).map { "a\($0)=\"\"" }.joined(separator: " ") + "/>"
        }
        let limit = SpreadsheetLimits.maximumAttributeCount
        #expect(try lines(attributes(limit)).count == 2)
        #expect(fault(attributes(limit + 1)).contains("more attributes of an element"))
        let value = String(repeating: "x", count: SpreadsheetLimits.maximumValueBytes)
        #expect(try lines("<r a='\(value)'/>").count == 2)
        #expect(fault("<r a='\(value)x'/>").contains("more bytes of a value"))
        let name = String(repeating: "x", count: SpreadsheetLimits.maximumNameBytes)
        for text in ["<\(name)/>", "<r \(name)=''/>"] {
            #expect(try lines(text).count == 2)
            let longer = text.replacing(name, with: name + "x")
            #expect(fault(longer).contains("more bytes of a name"))
        }
        func nested(_ depth: Int) -> String {
            String(repeating: "<r>", count: depth) + String(repeating: "</r>", count: depth)
        }
        let depth = SpreadsheetLimits.maximumElementDepth
        #expect(try lines(nested(depth)).count == 2 * depth)
        #expect(fault(nested(depth + 1)).contains("more elements inside each other"))
    }

    @Test func `names are the same when their bytes are`() throws {
        // One letter, and an e with a mark behind it.
        let (whole, pieces) = ("\u{E9}", "e\u{301}")
        #expect(try lines("<r \(whole)='' \(pieces)=''/>").count == 2)
        #expect(fault("<r \(whole)='' \(whole)=''/>").contains("stands twice"))
        #expect(fault("<\(whole)></\(pieces)>").contains("ends and has not begun"))
    }

    @Test func `a part is read however long its lines are`() throws {
        // A sheet of 100 000 rows may stand in one line.
        let cell = "<b a=\"" + String(repeating: "x", count: 8 << 10) + "\"/>"
        let text = "<a>" + String(repeating: cell, count: 1500) + "</a>"
        #expect(text.utf8.count > 12_000_000)
        #expect(try lines(text).count == 3002)
    }

    @Test func `an instruction is passed over, with data and without`() throws {
        for text in ["<?x y?><a/>", "<a><?x?></a>", "<a/><?x <!DOCTYPE a> ?>\n"] {
            #expect(try lines(text) == ["+a", "-a "], "\(text)")
        }
    }

    @Test func `values and texts are put together from pieces, references and line ends`() throws {
        #expect(
            try lines("<a a='\"&lt;&#x1EA3;\r\n\t' b = \"&apos;&amp;'\"/>") == [
                "+a a=\"<ả   b='&'", "-a ",
            ]
        )
        #expect(
            try lines("<a>x<b/>1\r\n2\r3&#13;&gt;<!-- - -->4<![CDATA[<&]]&lt;\r\n]]>]]</a>") == [
                "+a", "+b", "-b ", "-a 1\n2\n3\r>4<&]]&lt;\n]]",
            ]
        )
    }

    @Test func `prefixes are taken off, and what declares them is no attribute`() throws {
        #expect(
            try lines("<p:a xmlns:id='u' xmlns:p='u'><b p:id='1'/></p:a>") == [
                "+a", "+b id=1", "-b ", "-a ",
            ]
        )
    }

    @Test(arguments: ["", "\u{FEFF}"])
    func `UTF-8 and UTF-16 are read, and no other encoding`(mark: String) throws {
        let text = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?><a a='xã 😀'/>"
        #expect(try lines(mark + text) == ["+a a=xã 😀", "-a "])
        let little = Self.wide(text.replacing("UTF-8", with: "utf-16"))
        let big = stride(from: 0, to: little.count, by: 2).flatMap { [little[$0 + 1], little[$0]] }
        #expect(try lines(little) == ["+a a=xã 😀", "-a "])
        #expect(try lines(big) == ["+a a=xã 😀", "-a "])
        let reason = "it is written neither in UTF-8 nor in UTF-16"
        #expect(fault(text.replacing("UTF-8", with: "UTF-7")).contains(reason))
        #expect(fault([0x3C, 0x61, 0xFF, 0x3E]).contains(reason))
        #expect(fault(little + [0]).contains(reason))
        // Half of a pair.
        #expect(fault(Self.wide("<a>") + [0x00, 0xD8] + Self.wide("</a>")).contains(reason))
    }

    @Test func `a document type is refused wherever it stands in front`() {
        let declaration = "<!DOCTYPE a [<!ENTITY b \"x\">]>"
        for prolog in ["", "<?xml version=\"1.0\"?><!-- a - b -->", "<?b <c> ?>\n"] {
            let text = prolog + declaration + "<a>&b;</a>"
            #expect(fault(text).contains("it declares a document type"))
            #expect(fault(Self.wide(text)).contains("it declares a document type"))
        }
    }

    @Test(arguments: [
        ("", "no element"), (" \n", "line 2 is no XML: it has no element"),
        ("a", "a text stands outside"), ("<a/>\n&lt;", "line 2 is no XML: a text stands outside"),
        ("<a/><b/>", "a second element"), ("<a>", "it ends before its elements do"),
        ("<a", "> is missing"), ("<a b", "= is missing"), ("<a b='c'd='e'/>", "> is missing"),
        ("<a b=c/>", "no quotes"), ("<a b='", "does not end"), ("<a b='<'/>", "< stands in a v"),
        ("<a b='' b=''/>", "the attribute b stands twice"), ("</a>", "a ends and has not begun"),
        ("<a></ab>", "ab ends and has not begun"), ("<a></a b>", "> is missing"),
        ("<1/>", "a name is missing"), ("<", "a name is missing"), ("<a>]]></a>", "]]> stands"),
        ("<a>&b;</a>", "& stands for no character"), ("<a>&lt</a>", "& stands for no character"),
        ("<a>&#;</a>", "& stands for no character"), ("<a>&#xD800;</a>", "& stands for no char"),
        ("<a>&#0;</a>", "& stands for no char"), ("<a>&#4294967361;</a>", "& stands for no char"),
        ("<a>&#xFFFE;</a>", "& stands for no char"), ("<a b='&#x1F;'/>", "& stands for no char"),
        ("<a>\u{FFFF}</a>", "it has a character that XML has not"),
        ("<a>\u{0}</a>", "it has a character that XML has not"),
        ("<a><!-- -- --></a>", "> is missing"), ("<a><!-- </a>", "a comment does not end"),
        ("<a><![CDATA[ ]]</a>", "a CDATA section does not end"), ("<![CDATA[]]>", "<! begins"),
        ("<a><!ENTITY b ''></a>", "<! begins"), ("<a><?</a>", "a name is missing"),
        ("<a><?b</a>", "an instruction's name does not end"),
        ("<?b ", "an instruction does not end"),
        (" <?xml version='1.0'?><a/>", "a declaration stands inside"),
        ("<?xml encoding='utf-8'?><a/>", "its declaration has no version or no end"),
    ])
    func `what is not well-formed is refused with the reason`(text: String, reason: String) {
        #expect(fault(text).contains(reason), "\(fault(text))")
    }

    @Test func `damage of a part ends in readings or a reason, and the same each time`() {
        var generator = SeededGenerator.forTest()
        let text = "<?xml version='1.0'?><!--c--><p:a b='1'>x&amp;<![CDATA[y]]><?i d?><c/></p:a>"
        let pieces = ["<", ">", "&", "]]>", "\"", "'", "/", "<!--", "<?", "=", " ", "ả", "&#38;"]
        for _ in 0..<5000 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                if Bool.random(using: &generator) {
                    bytes.remove(at: place)
                } else {
                    let piece = pieces.randomElement(using: &generator) ?? ""
                    bytes.insert(contentsOf: piece.utf8, at: place)
                }
            }
            func result() -> Result<[String], any Error> { Result { try lines(bytes) } }
            switch (result(), result()) {
            case (.success(let first), .success(let second)):
                #expect(first == second)
                // Whatever began has ended.
                let begun = first.count { $0.hasPrefix("+") }
                #expect(begun * 2 == first.count && begun > 0)
            case (.failure(let first), .failure(let second)):
                #expect("\(first)" == "\(second)" && first is SpreadsheetError)
            default: Issue.record("\(String(decoding: bytes, as: UTF8.self)) is read by chance")
            }
        }
    }
}
