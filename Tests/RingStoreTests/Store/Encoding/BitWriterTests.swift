import TestKit
import Testing

@testable import RingStore

struct BitWriterTests {
    @Test func `numbers of every width at every place come back`() {
        var generator = SeededGenerator(seed: 51)
        for _ in 0..<30 {
            var numbers: [(number: UInt64, width: Int)] = []
            for _ in 0..<Int(generator.next() % 60) {
                let width = Int(generator.next() % 65)
                let number = width == 0 ? 0 : generator.next() >> UInt64(64 - width)
                numbers.append((number, width))
            }
            var writer = BitWriter()
            for (number, width) in numbers { writer.put(number, width: width) }
            let bitCount = numbers.reduce(0) { $0 + $1.width }
            #expect(writer.byteCount == (bitCount + 7) / 8)
            let bytes = writer.finish()
            #expect(bytes.count == (bitCount + 7) / 8)
            var reader = BitReader(0..<bytes.count)
            for (number, width) in numbers {
                #expect(unsafe reader.take(width, from: bytes.span.bytes) == number)
            }
            #expect(!reader.isExhausted)
            #expect(unsafe reader.take(8, from: bytes.span.bytes) == 0)
            #expect(reader.isExhausted)
        }
    }

    @Test func `the first bit written is the lowest of the first byte`() {
        var writer = BitWriter()
        writer.put(1, width: 1)
        writer.put(0b10, width: 2)
        writer.put(0xFF, width: 8)
        #expect(writer.finish() == [0b1111_1101, 0b0000_0111])
    }

    @Test func `a writer can be used again`() {
        var writer = BitWriter()
        writer.put(.max, width: 64)
        writer.put(5, width: 3)
        writer.removeAll()
        writer.put(9, width: 8)
        #expect(writer.finish() == [9])
    }
}
