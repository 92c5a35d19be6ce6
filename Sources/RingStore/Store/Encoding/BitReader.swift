/// Reads what ``BitWriter`` wrote; past the end it gives zeros and remembers that it did.
///
/// The bytes are handed in at each call, because a type of ours cannot hold a span without an
/// experimental feature of the compiler.
struct BitReader: Sendable {
    private var bitIndex: Int
    private let endBit: Int

    /// Whether anything was read past the end.
    private(set) var isExhausted = false

    /// Reads a range of bytes.
    init(_ range: Range<Int>) {
        bitIndex = range.lowerBound * 8
        endBit = range.upperBound * 8
    }

    /// Reads `width` bits, `width` in 0...64.
    @inline(__always)
    mutating func take(_ width: Int, from bytes: RawSpan) -> UInt64 {
        guard bitIndex + width <= endBit else {
            isExhausted = true
            return 0
        }
        let offset = bitIndex >> 3
        let skipped = bitIndex & 7
        guard offset + 9 <= bytes.byteCount else { return takeNearEnd(width, from: bytes) }
        bitIndex += width
        // Any eight bytes are a number, and the nine that may be needed lie inside the span.
        let low = UInt64(
            littleEndian: unsafe bytes.unsafeLoadUnaligned(
                fromByteOffset: offset,
                as: UInt64.self
            )
        )
        var number = low >> UInt64(skipped)
        if skipped + width > 64 {
            number |= UInt64(byte(at: offset + 8, of: bytes)) << UInt64(64 - skipped)
        }
        return width == 64 ? number : number & ((1 << UInt64(width)) - 1)
    }

    private mutating func takeNearEnd(_ width: Int, from bytes: RawSpan) -> UInt64 {
        var number: UInt64 = 0
        var taken = 0
        while taken < width {
            let skipped = bitIndex & 7
            let part = min(8 - skipped, width - taken)
            let bits = UInt64(byte(at: bitIndex >> 3, of: bytes) >> UInt8(skipped))
            number |= (bits & ((1 << UInt64(part)) - 1)) << UInt64(taken)
            taken += part
            bitIndex += part
        }
        return number
    }

    private func byte(at offset: Int, of bytes: RawSpan) -> UInt8 {
        // Any byte is a number, and the callers keep inside the range that was given.
        unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}
