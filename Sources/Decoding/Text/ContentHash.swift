/// FNV-1a, 64 bits, for keys that are only compared for equality among a few recent ones.
///
/// - Source: draft-eastlake-fnv, offset basis and prime for 64 bits.
struct ContentHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func combine(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    mutating func combine(_ bytes: [UInt8], _ range: Range<Int>) {
        let bytes = bytes.span
        for index in range { combine(bytes[index]) }
    }

    static func of(_ bytes: [UInt8]) -> UInt64 {
        var hash = ContentHash()
        hash.combine(bytes, 0..<bytes.count)
        return hash.value
    }
}
