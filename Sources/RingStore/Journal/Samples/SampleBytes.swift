internal import Telemetry

/// Samples of a record in the form that ``SampleRecord`` describes; nothing here branches on the
/// lengths of parts, which no processor could foresee.
@safe struct SampleBytes {
    private var number = UInt32.max
    private var time: Int64 = 0

    /// Writes the sample after those before, and returns the bytes that it takes.
    ///
    /// - Precondition: at `offset` are `SampleRecord.maximumSampleBytes` bytes of the memory.
    @inline(__always)
    mutating func put(
        _ sample: NumberedSample,
        into memory: UnsafeMutableRawBufferPointer,
        at offset: Int
    ) -> Int {
        let distance = Int32(bitPattern: sample.series &- number &- 1)
        let folded = UInt32(bitPattern: distance << 1 ^ distance >> 31)
        number = sample.series
        let numberLength = (32 - folded.leadingZeroBitCount + 7) >> 3
        let numberCode = numberLength - numberLength >> 2

        let milliseconds = sample.sample.time.milliseconds
        let step = milliseconds &- time
        let foldedStep = UInt64(bitPattern: step << 1 ^ step >> 63)
        time = milliseconds
        let timeCode = min((64 - foldedStep.leadingZeroBitCount + 7) >> 3, 7)

        let bits = sample.sample.value.bitPattern
        let valueLength = 8 - bits.trailingZeroBitCount >> 3
        let valueCode = valueLength - (valueLength + 6) >> 3

        var place = offset
        unsafe memory[place] = UInt8(
            truncatingIfNeeded: numberCode << 6 | valueCode << 3 | timeCode
        )
        place += 1
        unsafe memory.putLittleEndian(folded, at: place)
        place += Self.numberBytes(numberCode)
        unsafe memory.putLittleEndian(foldedStep, at: place)
        place += Self.timeBytes(timeCode)
        let valueBytes = Self.valueBytes(valueCode)
        unsafe memory.putLittleEndian(bits >> UInt64(64 - 8 * valueBytes), at: place)
        return place + valueBytes - offset
    }

    /// Reads the sample after those before, and moves the offset behind it.
    ///
    /// - Precondition: at `offset` are `SampleRecord.maximumSampleBytes` bytes of the memory.
    @inline(__always)
    mutating func take(_ memory: UnsafeRawBufferPointer, at offset: inout Int) -> NumberedSample {
        let lengths = Int(unsafe memory[offset])
        offset += 1
        let folded = UInt32(
            truncatingIfNeeded: unsafe Self.number(memory, Self.numberBytes(lengths >> 6), &offset)
        )
        number = number &+ 1 &+ (folded >> 1 ^ (0 &- folded & 1))
        let foldedStep = unsafe Self.number(memory, Self.timeBytes(lengths & 7), &offset)
        time = time &+ Int64(bitPattern: foldedStep >> 1 ^ (0 &- foldedStep & 1))
        let valueBytes = Self.valueBytes(lengths >> 3 & 7)
        let bits = unsafe Self.number(memory, valueBytes, &offset) << UInt64(64 - 8 * valueBytes)
        return NumberedSample(
            series: number,
            sample: Sample(
                time: Instant(milliseconds: time),
                value: Double(bitPattern: bits)
            )
        )
    }

    /// Reads a number of 0 to 8 bytes.
    @inline(__always)
    private static func number(
        _ memory: UnsafeRawBufferPointer,
        _ byteCount: Int,
        _ offset: inout Int
    ) -> UInt64 {
        let number = unsafe memory.littleEndian(at: offset, as: UInt64.self)
        offset += byteCount
        return number & (UInt64.max >> UInt64(64 - 8 * byteCount))
    }

    /// 0, 1, 2, 4.
    @inline(__always)
    private static func numberBytes(_ code: Int) -> Int { (1 << code) >> 1 }

    /// 0, 1, 2, 3, 4, 5, 6, 8.
    @inline(__always)
    private static func timeBytes(_ code: Int) -> Int { code + (code + 1) >> 3 }

    /// 0, 2, 3, 4, 5, 6, 7, 8.
    @inline(__always)
    private static func valueBytes(_ code: Int) -> Int { code + (code + 7) >> 3 }
}
