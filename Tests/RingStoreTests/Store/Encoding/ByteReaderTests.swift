import TestKit
import Testing

@testable import RingStore

struct ByteReaderTests {
    @Test func `numbers in groups of seven bits come back, with signs and without`() {
        var numbers: [UInt64] = [0, 1, 127, 128, 16_383, 16_384, .max, .max - 1]
        for shift in 0..<64 { numbers.append(1 << UInt64(shift)) }
        for number in numbers {
            var bytes: [UInt8] = []
            bytes.appendVariable(number)
            bytes.appendSigned(Int64(bitPattern: number))
            bytes.appendText("Bình Liêu")
            var reader = ByteReader(bytes)
            #expect(reader.takeVariable() == number)
            #expect(reader.takeSigned() == Int64(bitPattern: number))
            #expect(reader.takeText() == "Bình Liêu")
            #expect(reader.remaining == 0 && !reader.isExhausted)
        }
        var small: [UInt8] = []
        small.appendSigned(-64)
        #expect(small.count == 1)
    }

    @Test func `reading past the end gives zeros and is remembered`() {
        var reader = ByteReader([1, 2, 0x80], 0..<2)
        #expect(reader.take(UInt32.self) == 0)
        #expect(reader.isExhausted && reader.remaining == 0)
        reader = ByteReader([0x80, 0x80])
        #expect(reader.takeVariable() == 0)
        #expect(reader.isExhausted)
        reader = ByteReader([UInt8](repeating: 0xFF, count: 20))
        #expect(reader.takeVariable() == 0)
        #expect(reader.isExhausted)
        reader = ByteReader([200, 1, 65])
        #expect(reader.takeText().isEmpty)
        #expect(reader.isExhausted)
        reader = ByteReader([5])
        #expect(reader.takeCount(limit: 4) == 0)
        #expect(reader.isExhausted)
        reader = ByteReader([0])
        #expect(reader.takeCount(limit: -1) == 0)
        #expect(reader.isExhausted)
        reader = ByteReader([1, 2])
        reader.skip(3)
        #expect(reader.isExhausted)
    }
}
