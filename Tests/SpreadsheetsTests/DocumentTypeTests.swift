import Testing

@testable import Spreadsheets

/// Parts that declare a document type are refused, at a cost that nobody can drive up.
struct DocumentTypeTests {
    /// Bytes that count how often one is looked at.
    private final class WatchedBytes: BytesByPlace {
        private let bytes: [UInt8]
        private(set) var lookCount = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        var startIndex: Int { 0 }
        var endIndex: Int { bytes.count }

        subscript(place: Int) -> UInt8 {
            lookCount += 1
            return bytes[place]
        }
    }

    @Test func `a declaration is found in one byte or two a letter`() {
        let text = "<?xml version=\"1.0\"?><!-- a - b --><!DOCTYPE x><x/>"
        let wide = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        #expect(PartHazard.declaresTypes(Array(text.utf8)))
        #expect(PartHazard.declaresTypes(wide))
        #expect(PartHazard.declaresTypes([0xFF, 0xFE] + wide))
        #expect(!PartHazard.declaresTypes(Array("<?xml?><!-- <!DOCTYPE x> --><x/>".utf8)))
    }

    @Test(arguments: [
        ("", 16 << 20), ("<", 1 << 18), ("<!--", 1 << 18), ("<!---", 1 << 18), ("<?", 1 << 18),
    ])
    func `millions of zeros cost a few looks at each`(beginning: String, zeroCount: Int) {
        let zeros = [UInt8](repeating: 0, count: zeroCount)
        let bytes = WatchedBytes(Array(beginning.utf8) + zeros)
        #expect(!PartHazard.declaresTypes(bytes))
        #expect(bytes.lookCount <= 4 * bytes.endIndex, "\(bytes.lookCount)")
        #expect(!PartHazard.hasEmptyInstruction(bytes))
        #expect(bytes.lookCount <= 12 * bytes.endIndex, "\(bytes.lookCount)")
    }

    @Test func `an instruction without data is found wherever it stands, others are not`() {
        func isFound(_ text: String) -> Bool {
            let wide = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
            let isFound = PartHazard.hasEmptyInstruction(Array(text.utf8))
            #expect(PartHazard.hasEmptyInstruction(wide) == isFound, "\(text)")
            return isFound
        }
        #expect(isFound("<?x?>"))
        #expect(isFound("<a><?x y?><b/><?xm?></a>"))
        #expect(isFound("<??>"))
        #expect(!isFound("<?xml version=\"1.0\"?><a><?x y?></a>"))
        #expect(!isFound("<?x ?>"))
        #expect(!isFound("<?x"))
    }

    @Test func `other encodings than those of packages are refused`() {
        func isUnicode(_ text: String) -> Bool { PartHazard.isUnicode(Array(text.utf8)) }
        #expect(isUnicode("<a/>") && isUnicode("\u{FEFF}<a/>") && isUnicode(" <a/>"))
        #expect(isUnicode("<?xml version=\"1.0\"?><a encoding=\"x\"/>"))
        #expect(isUnicode("<?xml version='1.0' encoding='UTF-8' standalone='yes'?><a/>"))
        let text = "<?xml version=\"1.0\" encoding=\"utf-16\"?>"
        let wide = text.utf8.flatMap { [$0, 0] as [UInt8] }
        #expect(PartHazard.isUnicode([0xFF, 0xFE] + wide))
        #expect(!isUnicode("<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADw-x/+AD4-"))
        #expect(!isUnicode("<?xml version=\"1.0\" encoding=?>"))
        // EBCDIC, and what is no XML at all.
        #expect(!PartHazard.isUnicode([0x4C, 0x6F, 0xA7, 0x94]))
        #expect(PartHazard.isUnicode([UInt8]()))
    }
}
