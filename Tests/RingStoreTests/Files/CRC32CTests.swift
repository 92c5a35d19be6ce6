import TestKit
import Testing

@testable import RingStore

struct CRC32CTests {
    /// The vectors of RFC 3720, appendix B.4, and the customary check.
    static let vectors: [(bytes: [UInt8], wanted: UInt32)] = [
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        ([UInt8](0..<32), 0x46DD_794E),
        ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
        (Array("123456789".utf8), 0xE306_9283),
        ([], 0),
    ]

    @Test(arguments: vectors)
    func `published vectors come out`(bytes: [UInt8], wanted: UInt32) {
        #expect(unsafe CRC32C.checksum(bytes.span.bytes) == wanted)
    }

    @Test(arguments: vectors)
    func `published vectors come out of the tables`(bytes: [UInt8], wanted: UInt32) {
        var sum = CRC32C()
        unsafe sum.updateByTables(bytes.span.bytes)
        #expect(sum.value == wanted)
    }

    @Test func `tables and instruction give the same, whatever the length and the place`() {
        var generator = SeededGenerator(seed: 12)
        let bytes = (0..<600).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for first in 0..<17 {
            for count in 0...200 {
                let part = unsafe bytes.span.bytes.extracting(first..<first + count)
                var (left, right) = (CRC32C(), CRC32C())
                left.update(part)
                right.updateByTables(part)
                #expect(left.value == right.value)
            }
        }
    }

    @Test func `bytes added in pieces give the checksum of the whole`() {
        var generator = SeededGenerator(seed: 11)
        let bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for cut in 0...bytes.count {
            var sum = CRC32C()
            unsafe sum.update(bytes.span.bytes.extracting(0..<cut))
            unsafe sum.update(bytes.span.bytes.extracting(cut..<bytes.count))
            #expect(unsafe sum.value == CRC32C.checksum(bytes.span.bytes))
        }
    }

    @Test func `a number counts as its eight bytes, the lowest first`() {
        var sum = CRC32C()
        sum.update(0x0706_0504_0302_0100)
        #expect(unsafe sum.value == CRC32C.checksum([UInt8](0..<8).span.bytes))
    }
}
