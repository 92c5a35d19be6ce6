import TestKit
import Testing

@testable import Decoding

/// Members that are found in one pass, beside those that are asked for one by one.
struct JSONMembersTests {
    /// Keys of one length, first, middle and last byte, which only their other bytes tell apart,
    /// and some that differ in all.
    private enum Name: Int, JSONMemberName {
        case short, long, longer, other, empty, letters

        static let keys = KeyTable(Self.self)

        var key: String {
            switch self {
            case .short: "a"
            case .long: "axxxbxxxc"
            case .longer: "ayyybyyyc"
            case .other: "azzzbzzzc"
            case .empty: ""
            case .letters: "đèn"
            }
        }
    }

    @Test func `one pass finds what asking by name finds, in any order, unknown keys between`()
        throws
    {
        var generator = SeededGenerator.forTest()
        let strange = ["axyzbxyzc", "b", "axxxbxxxcd", "A"]
        for _ in 0..<200 {
            let keys = (Name.allCases.map(\.key) + strange).filter { _ in
                Bool.random(using: &generator)
            }
            let members = keys.shuffled(using: &generator).map { "\"\($0)\":{\"a\":[1]}" }
            let text = "{\(members.joined(separator: ","))}"
            let document = try JSONDocumentTests.parse(text)
            let found = JSONMembers<Name>(document, JSONDocument.root)
            for name in Name.allCases {
                let asked = document.member(JSONKey(name.key), of: JSONDocument.root)
                #expect(found[name] == asked, "\(name) of \(text)")
                #expect((asked != nil) == keys.contains(name.key), "\(name) of \(text)")
            }
        }
    }

    @Test func `a key with escapes is found, and a node that is no object has no members`() throws {
        let document = try JSONDocumentTests.parse(#"{"\u0061":1,"c":["a"]}"#)
        let found = JSONMembers<Name>(document, JSONDocument.root)
        #expect(found[.short].flatMap { document.number($0) } == 1)
        let list = try #require(document.member(JSONKey("c"), of: JSONDocument.root))
        #expect(JSONMembers<Name>(document, list)[.short] == nil)
    }

    @Test func `a signature leads to all its places in their order, and to no other`() {
        var generator = SeededGenerator.forTest()
        for _ in 0..<100 {
            let signatures = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                UInt32.random(in: 0...90, using: &generator)
            }
            let table = SignatureTable(signatures)
            for signature in UInt32(0)...100 {
                var places: [Int] = []
                var next = table.first(of: signature)
                while let place = next {
                    places.append(place)
                    next = table.next(after: place)
                }
                #expect(places == signatures.indices.filter { signatures[$0] == signature })
            }
        }
    }
}
