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
        #expect(PartReading.declaresTypes(Array(text.utf8)))
        #expect(PartReading.declaresTypes(wide))
        #expect(PartReading.declaresTypes([0xFF, 0xFE] + wide))
        #expect(!PartReading.declaresTypes(Array("<?xml?><!-- <!DOCTYPE x> --><x/>".utf8)))
    }

    @Test(arguments: [
        ("", 16 << 20), ("<", 1 << 18), ("<!--", 1 << 18), ("<!---", 1 << 18), ("<?", 1 << 18),
    ])
    func `millions of zeros cost a few looks at each`(beginning: String, zeroCount: Int) {
        let zeros = [UInt8](repeating: 0, count: zeroCount)
        let bytes = WatchedBytes(Array(beginning.utf8) + zeros)
        #expect(!PartReading.declaresTypes(bytes))
        #expect(bytes.lookCount <= 4 * bytes.endIndex, "\(bytes.lookCount)")
    }
}
