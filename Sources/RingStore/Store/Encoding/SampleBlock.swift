/// How samples of one series lie in a block.
///
/// The number of samples and the time of the first one stand outside. A block is the form of its
/// values (1 byte), the times of the samples after the first, see ``TimeColumn``, and the values:
///
/// | form | what follows |
/// | --- | --- |
/// | 0 | the 64 bits of the one value that all samples have, lowest byte first |
/// | 1 | values that are decimal fractions, see ``DecimalColumn`` |
/// | 2 | values of any kind, see ``XorColumn``, to the end of the block |
///
/// Of these the one that takes the fewest bytes is written. Every bit pattern comes back as it was.
struct SampleBlock {
    /// Most samples of a block; a search for one sample decodes no more than these.
    static let maximumSamples = 1024
    /// Bytes a value above which decimals are compared with the other form.
    private static let wideValueBytes = 2

    /// The form of a block's values.
    private enum Form: UInt8 {
        case constant
        case decimal
        case xor
    }

    private var times = TimeColumn()
    private var decimals = DecimalColumn()
    private var xor = XorColumn()
    private var bytes: [UInt8] = []
    private var rival: [UInt8] = []

    /// Encodes samples of a run from an index on, as many as a block takes.
    ///
    /// - Returns: The bytes, and the index of the first sample that is not in them.
    mutating func encode(
        _ run: borrowing SampleRun,
        from first: Int,
        to end: Int
    ) -> (bytes: [UInt8], next: Int) {
        let range = first..<min(end, first + Self.maximumSamples)
        bytes.removeAll(keepingCapacity: true)
        bytes.append(0)
        times.append(run.times, range, to: &bytes)
        bytes[0] = appendValues(run.bits, range).rawValue
        return (bytes, range.upperBound)
    }

    private mutating func appendValues(
        _ bits: borrowing [UInt64],
        _ range: Range<Int>
    ) -> Form {
        let start = bytes.count
        let first = bits[range.lowerBound]
        if range.allSatisfy({ bits[$0] == first }) {
            bytes.appendLittleEndian(first)
            return .constant
        }
        let isDecimal = decimals.append(bits, range, to: &bytes)
        if isDecimal, bytes.count - start <= Self.wideValueBytes * range.count { return .decimal }
        rival.removeAll(keepingCapacity: true)
        xor.append(bits, range, to: &rival)
        if isDecimal, bytes.count - start <= rival.count { return .decimal }
        bytes.removeSubrange(start...)
        bytes += rival
        return .xor
    }

    /// Decodes the samples of a block that lie in a range of times into a work array.
    ///
    /// The reader gives the bytes of the block and nothing more; numbers are another work array.
    ///
    /// - Returns: Whether the block was whole; if not, nothing was added.
    static func decode(
        _ block: ByteReader,
        count: Int,
        firstTime: Int64,
        in range: ClosedRange<Int64>,
        _ numbers: inout [Int64],
        into run: inout SampleRun
    ) -> Bool {
        run.append(in: range) { times, bits in
            var reader = block
            let form = Form(rawValue: reader.take())
            guard
                TimeColumn.read(&reader, count: count, firstTime: firstTime, into: &times)
            else { return false }
            switch form {
            case .constant:
                bits.append(contentsOf: repeatElement(reader.take(), count: count))
            case .decimal:
                guard DecimalColumn.read(&reader, count: count, &numbers, into: &bits) else {
                    return false
                }
            case .xor:
                guard reader.remaining > 0 else { return false }
                return XorColumn.read(&reader, count: count, into: &bits)
            case nil: return false
            }
            return !reader.isExhausted && reader.remaining == 0
        }
    }
}
