/// How samples of one series lie in a block of the first format, which is read only: bits, the
/// lowest of each byte first, no gaps.
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
/// A **value code** is one of ``XorColumn``.
enum FirstFormatBlock {
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
        var window = XorColumn.Window()
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
            bits ^= XorColumn.take(&reader, bytes, &window)
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
}
