/// How samples of one series lie in a block: bits, the lowest of each byte first, no gaps.
///
/// The time of the first sample and the number of samples stand outside. The first value comes as
/// its 64 bits. Each later sample is a time code, then a value code.
///
/// A **time code** says by how much the step from the sample before differs from the step before
/// that one (the first step differs from zero). All sums wrap around at 64 bits, so that any two
/// times can follow each other. The difference `d` has a sign and is stored as `d + 2^(width-1)`:
///
/// | bits, first written first | `d` |
/// | --- | --- |
/// | `0` | 0 |
/// | `1 0` and 7 bits | -64...63 |
/// | `1 1 0` and 13 bits | -4096...4095: jitter of seconds, in milliseconds |
/// | `1 1 1 0` and 20 bits | -524288...524287 |
/// | `1 1 1 1` and 64 bits | any; `d` as it is |
///
/// A **value code** says which bits differ from the value before, `x` being the exclusive or:
///
/// | bits, first written first | `x` |
/// | --- | --- |
/// | `0` | 0: the same value |
/// | `1 0` and the window's width of bits | `x` has ones only inside the last window |
/// | `1 1`, 6 bits, 6 bits, its width | a new window: trailing zeros, width − 1, part of `x` |
///
/// The part of `x` is `x` shifted down by the trailing zeros. A block has no window at its
/// beginning. Every bit pattern comes back as it was: stale markers and other NaNs, infinities, and
/// the sign of zero.
///
/// - Source: T. Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database",
///   VLDB 2015, sections 4.1.1 and 4.1.2; the widths are our own.
struct SampleBlock {
    /// Most samples of a block; a search for one sample decodes no more than these.
    static let maximumSamples = 1024
    /// A block ends after the sample that brings it to so many bytes.
    static let fullBytes = 2048

    private var writer = BitWriter()

    /// Encodes samples of a run from an index on, as many as a block takes.
    ///
    /// - Returns: The bytes, and the index of the first sample that is not in them.
    mutating func encode(
        _ run: borrowing SampleRun,
        from first: Int,
        to end: Int
    ) -> (bytes: [UInt8], next: Int) {
        writer.removeAll()
        writer.put(run.bits[first], width: 64)
        var step: Int64 = 0
        var window = Window()
        var index = first + 1
        let limit = min(end, first + Self.maximumSamples)
        while index < limit, writer.byteCount < Self.fullBytes {
            let nextStep = run.times[index] &- run.times[index - 1]
            putTime(nextStep &- step)
            step = nextStep
            putValue(run.bits[index] ^ run.bits[index - 1], &window)
            index += 1
        }
        return (writer.finish(), index)
    }

    private mutating func putTime(_ difference: Int64) {
        switch difference {
        case 0: writer.put(0, width: 1)
        case -64...63: writer.put(0b01 | UInt64(difference + 64) << 2, width: 9)
        case -4096...4095: writer.put(0b011 | UInt64(difference + 4096) << 3, width: 16)
        case -524_288...524_287: writer.put(0b0111 | UInt64(difference + 524_288) << 4, width: 24)
        default:
            writer.put(0b1111, width: 4)
            writer.put(UInt64(bitPattern: difference), width: 64)
        }
    }

    private mutating func putValue(_ change: UInt64, _ window: inout Window) {
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

    /// Decodes the samples of a block that lie in a range of times into a work array.
    ///
    /// - Returns: Whether the block was whole.
    static func decode(
        _ bytes: RawSpan,
        _ place: Range<Int>,
        count: Int,
        firstTime: Int64,
        in range: ClosedRange<Int64>,
        into run: inout SampleRun
    ) -> Bool {
        var reader = BitReader(place)
        var time = firstTime
        var bits = reader.take(64, from: bytes)
        var step: Int64 = 0
        var window = Window()
        var index = 0
        while !reader.isExhausted {
            if time > range.upperBound { return true }
            if time >= range.lowerBound { run.append(time, bits) }
            index += 1
            if index >= count { return true }
            step &+= takeTime(&reader, bytes)
            let next = time &+ step
            // A checked block always rises; a run that did not would break every search in it.
            guard next > time else { return false }
            time = next
            bits ^= takeValue(&reader, bytes, &window)
        }
        return false
    }

    @inline(__always)
    private static func takeTime(_ reader: inout BitReader, _ bytes: RawSpan) -> Int64 {
        if reader.take(1, from: bytes) == 0 { return 0 }
        if reader.take(1, from: bytes) == 0 { return Int64(reader.take(7, from: bytes)) - 64 }
        if reader.take(1, from: bytes) == 0 { return Int64(reader.take(13, from: bytes)) - 4096 }
        if reader.take(1, from: bytes) == 0 { return Int64(reader.take(20, from: bytes)) - 524_288 }
        return Int64(bitPattern: reader.take(64, from: bytes))
    }

    @inline(__always)
    private static func takeValue(
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
    private struct Window {
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
