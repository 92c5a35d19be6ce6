/// A hash of 64 bits for keys that are only compared for equality among a few recent ones.
///
/// FNV-1a over words of eight bytes, and over the bytes that are left behind the last: a
/// multiplication for each byte takes eight times as long.
///
/// - Source: draft-eastlake-fnv, offset basis and prime for 64 bits.
struct ContentHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func combine(_ byte: UInt8) { combine(UInt64(byte)) }

    mutating func combine(_ bytes: borrowing [UInt8], _ range: Range<Int>) {
        let bytes = bytes.span.extracting(range)
        var place = 0
        while place <= bytes.count - 8 {
            combine(
                UInt64(
                    littleEndian: bytes.bytes.unsafeLoadUnaligned(
                        fromByteOffset: place,
                        as: UInt64.self
                    )
                )
            )
            place += 8
        }
        while place < bytes.count {
            combine(UInt64(bytes[place]))
            place += 1
        }
    }

    private mutating func combine(_ word: UInt64) {
        value = (value ^ word) &* 0x100_0000_01B3
        // A product carries upwards only: its high bits have to reach the low ones of the next.
        value ^= value >> 32
    }

    static func of(_ bytes: [UInt8]) -> UInt64 {
        var hash = ContentHash()
        hash.combine(bytes, 0..<bytes.count)
        return hash.value
    }
}
