/// Values of any kind, each by the bits in which it differs from the one before.
///
/// Bits, the lowest of each byte first, without gaps, filled up to a whole byte. The first value
/// comes as its 64 bits, each later one as a code; `x` is the exclusive or with the value before:
///
/// | bits, first written first | `x` |
/// | --- | --- |
/// | `0` | 0: the same value |
/// | `1 0` and the window's width of bits | `x` has ones only inside the last window |
/// | `1 1`, 6 bits, 6 bits, its width | a new window: trailing zeros, width − 1, part of `x` |
///
/// The part of `x` is `x` shifted down by the trailing zeros. There is no window at the beginning.
/// Every bit pattern comes back as it was: stale markers and other NaNs, infinities, and the sign
/// of zero.
///
/// - Source: T. Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database",
///   VLDB 2015, section 4.1.2; the widths are our own.
struct XorColumn {
    private var writer = BitWriter()

    /// Writes values, of which there is at least one.
    mutating func append(
        _ bits: borrowing [UInt64],
        _ range: Range<Int>,
        to bytes: inout [UInt8]
    ) {
        writer.removeAll()
        writer.put(bits[range.lowerBound], width: 64)
        var window = Window()
        for index in range.dropFirst() {
            put(bits[index] ^ bits[index - 1], &window)
        }
        bytes += writer.finish()
    }

    private mutating func put(_ change: UInt64, _ window: inout Window) {
        guard change != 0 else {
            writer.put(0, width: 1)
            return
        }
        if window.contains(change) {
            writer.put(0b01, width: 2)
        } else {
            window = Window(of: change)
            writer.put(0b11, width: 2)
            writer.put(UInt64(window.trailing), width: 6)
            writer.put(UInt64(window.width - 1), width: 6)
        }
        writer.put(change >> UInt64(window.trailing), width: window.width)
    }

    /// Reads so many values, at least one, and adds their bit patterns to an array.
    ///
    /// - Returns: Whether the bytes were whole; nothing may follow them.
    static func read(_ reader: inout ByteReader, count: Int, into bits: inout [UInt64]) -> Bool {
        bits.reserveCapacity(bits.count + count)
        return unsafe reader.withBytes(from: reader.index) { memory in
            let span = unsafe memory.bytes
            var bitReader = BitReader(0..<span.byteCount)
            var pattern = bitReader.take(64, from: span)
            var window = Window()
            bits.append(pattern)
            for _ in 1..<max(1, count) {
                pattern ^= take(&bitReader, span, &window)
                guard !bitReader.isExhausted else { return false }
                bits.append(pattern)
            }
            return !bitReader.isExhausted
        }
    }

    /// Reads the code of one value.
    @inline(__always)
    static func take(
        _ reader: inout BitReader,
        _ bytes: RawSpan,
        _ window: inout Window
    ) -> UInt64 {
        if reader.take(1, from: bytes) == 0 { return 0 }
        if reader.take(1, from: bytes) == 1 {
            window.trailing = Int(reader.take(6, from: bytes))
            window.width = Int(reader.take(6, from: bytes)) + 1
        }
        return reader.take(window.width, from: bytes) << UInt64(window.trailing)
    }

    /// Where the bits of a change lie.
    struct Window {
        var trailing = 0
        var width = 0

        init() {}

        init(of change: UInt64) {
            trailing = change.trailingZeroBitCount
            width = 64 - change.leadingZeroBitCount - trailing
        }

        /// Whether all ones of a change lie inside, and a new window would not be worth its bits.
        func contains(_ change: UInt64) -> Bool {
            guard width > 0 else { return false }
            let own = 64 - change.leadingZeroBitCount - change.trailingZeroBitCount
            return change.trailingZeroBitCount >= trailing
                && change.leadingZeroBitCount >= 64 - trailing - width
                && width <= own + 12
        }
    }
}
