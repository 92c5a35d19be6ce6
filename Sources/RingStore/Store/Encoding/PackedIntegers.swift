/// Whole numbers in as few bits as most of them need, those that need more beside.
///
/// `base` (signed), `width` (1 byte, 0...64), count of exceptions, each exception as the count of
/// numbers between it and the one before (from the first number on) and its number less the base
/// (signed), then for each number `width` bits: the number less the base, zeros for an exception.
/// The bits are filled up to a whole byte. Differences wrap around at 64 bits.
///
/// Variable and signed numbers are those of <doc:StoreFormat#Numbers>; bits lie lowest first.
///
/// - Source: M. Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", ICDE 2006, section 4.1:
///   patched frame of reference.
enum PackedIntegers {
    /// How a row of numbers is packed best.
    struct Plan {
        var base: Int64
        var width: Int
        /// How many numbers do not fit.
        var exceptionCount: Int
        /// Bytes that it takes, about.
        var byteCount: Int
    }

    /// What an exception takes, about.
    private static let exceptionBytes = 4
    /// How many numbers are looked at to find what most are like.
    private static let probeCount = 15

    /// Looks for the base and the width that take the fewest bytes.
    static func plan(_ numbers: Span<Int64>) -> Plan {
        guard !numbers.isEmpty else {
            return Plan(base: 0, width: 0, exceptionCount: 0, byteCount: 3)
        }
        var (low, high) = (numbers[0], numbers[0])
        for index in numbers.indices {
            low = min(low, numbers[index])
            high = max(high, numbers[index])
        }
        let width = Self.width(of: UInt64(bitPattern: high &- low))
        let whole = Plan(
            base: low,
            width: width,
            exceptionCount: 0,
            byteCount: Self.byteCount(numbers.count, width)
        )
        guard width > 1 else { return whole }
        // Where most numbers need about as many bits as all do, a patch is not worth its bytes.
        guard usualWidth(numbers) + 1 < width else { return whole }
        let probes = probes(numbers)
        let patched = patched(numbers, around: probes[probes.count / 2])
        return patched.byteCount < whole.byteCount ? patched : whole
    }

    /// The best plan whose frame lies around a number, with exceptions.
    private static func patched(_ numbers: Span<Int64>, around middle: Int64) -> Plan {
        // For each width how many numbers need just that one.
        var needing = InlineArray<65, Int>(repeating: 0)
        for index in numbers.indices {
            let offset = numbers[index] &- middle
            // Bits of two's complement; zero needs none.
            let bits = 65 &- (offset ^ offset >> 63).leadingZeroBitCount
            needing[offset == 0 ? 0 : bits] += 1
        }
        var best = Plan(base: middle, width: 64, exceptionCount: 0, byteCount: .max)
        var exceptionCount = 0
        for width in (0...64).reversed() {
            let bytes =
                byteCount(numbers.count, width) + exceptionCount * exceptionBytes
            if bytes <= best.byteCount {
                let half: Int64 = width == 0 ? 0 : 1 << Int64(width - 1)
                best = Plan(
                    base: middle &- half,
                    width: width,
                    exceptionCount: exceptionCount,
                    byteCount: bytes
                )
            }
            exceptionCount += needing[width]
        }
        return best
    }

    /// The width that some numbers need which lie evenly among all.
    private static func usualWidth(_ numbers: Span<Int64>) -> Int {
        let step = max(1, numbers.count / probeCount)
        var (low, high) = (numbers[step / 2], numbers[step / 2])
        for index in stride(from: step / 2 + step, to: numbers.count, by: step) {
            low = min(low, numbers[index])
            high = max(high, numbers[index])
        }
        return width(of: UInt64(bitPattern: high &- low))
    }

    /// Those numbers, sorted.
    private static func probes(_ numbers: Span<Int64>) -> [Int64] {
        let step = max(1, numbers.count / probeCount)
        var probes: [Int64] = []
        probes.reserveCapacity(2 * probeCount)
        for index in stride(from: step / 2, to: numbers.count, by: step) {
            probes.append(numbers[index])
        }
        probes.sort()
        return probes
    }

    /// Writes numbers after a plan that was made for them.
    static func append(_ numbers: Span<Int64>, _ plan: Plan, to bytes: inout [UInt8]) {
        bytes.appendSigned(plan.base)
        bytes.append(UInt8(plan.width))
        bytes.appendVariable(UInt64(plan.exceptionCount))
        if plan.exceptionCount > 0 { appendExceptions(numbers, plan, to: &bytes) }
        guard plan.width > 0 else { return }
        let start = bytes.count
        let count = bitBytes(numbers.count, plan.width)
        // Words are put whole, the last of them over the end of the bits.
        bytes.append(contentsOf: repeatElement(0, count: count + 8))
        unsafe bytes.withUnsafeMutableBytes { memory in
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[start...])
            unsafe pack(numbers, plan, into: target)
        }
        bytes.removeLast(8)
    }

    private static func appendExceptions(
        _ numbers: Span<Int64>,
        _ plan: Plan,
        to bytes: inout [UInt8]
    ) {
        var next = 0
        for index in numbers.indices {
            let offset = numbers[index] &- plan.base
            guard Self.width(of: UInt64(bitPattern: offset)) > plan.width else { continue }
            bytes.appendVariable(UInt64(index - next))
            bytes.appendSigned(offset)
            next = index + 1
        }
    }

    private static func pack(
        _ numbers: Span<Int64>,
        _ plan: Plan,
        into target: UnsafeMutableRawBufferPointer
    ) {
        let mask: UInt64 = plan.width == 64 ? .max : (1 << UInt64(plan.width)) - 1
        var (word, filled, place) = (UInt64(0), 0, 0)
        for index in numbers.indices {
            var offset = UInt64(bitPattern: numbers[index] &- plan.base)
            if offset > mask { offset = 0 }
            word |= offset << UInt64(filled)
            filled += plan.width
            guard filled >= 64 else { continue }
            unsafe target.putLittleEndian(word, at: place)
            place += 8
            filled -= 64
            // Swift's shifts give zero for 64 places.
            word = offset >> UInt64(plan.width - filled)
        }
        if filled > 0 { unsafe target.putLittleEndian(word, at: place) }
    }

    /// Reads numbers to the end of an array.
    ///
    /// - Returns: Whether the bytes were whole; if not, any numbers may have been added.
    static func read(
        _ reader: inout ByteReader,
        count: Int,
        into numbers: inout [Int64]
    ) -> Bool {
        let base = reader.takeSigned()
        let width = reader.takeCount(limit: 64)
        let exceptionCount = reader.takeCount(limit: count)
        var exceptions: [(index: Int, offset: Int64)] = []
        var next = 0
        for _ in 0..<exceptionCount {
            next += reader.takeCount(limit: count - 1 - next)
            exceptions.append((next, reader.takeSigned()))
            next += 1
            guard !reader.isExhausted, next <= count else { return false }
        }
        let first = numbers.count
        let place = reader.index
        reader.skip(bitBytes(count, width))
        guard !reader.isExhausted else { return false }
        unpack(reader, place, count: count, width: width, base: base, into: &numbers)
        for exception in exceptions {
            numbers[first + exception.index] = base &+ exception.offset
        }
        return true
    }

    private static func unpack(
        _ reader: borrowing ByteReader,
        _ place: Int,
        count: Int,
        width: Int,
        base: Int64,
        into numbers: inout [Int64]
    ) {
        guard width > 0 else {
            numbers.append(contentsOf: repeatElement(base, count: count))
            return
        }
        // Even none is written down in an empty array, and that one all threads share.
        guard count > 0 else { return }
        unsafe reader.withAllBytes(from: place) { memory in
            numbers.append(addingCapacity: count) { output in
                let plain = plainCount(count, width, memory.count)
                let mask: UInt64 = (1 << UInt64(width)) &- 1
                for index in 0..<plain {
                    let bit = index &* width
                    let word: UInt64 = unsafe memory.littleEndian(at: bit >> 3)
                    let number = word &>> UInt64(bit & 7) & mask
                    output.append(base &+ Int64(bitPattern: number))
                }
                for index in plain..<count {
                    let number = unsafe number(index, width, memory)
                    output.append(base &+ Int64(bitPattern: number))
                }
            }
        }
    }

    /// How many numbers from the first on lie each inside eight bytes that are all there, though
    /// the last ones may belong to something else.
    private static func plainCount(_ count: Int, _ width: Int, _ byteCount: Int) -> Int {
        // A number begins at any bit of its first byte.
        guard width <= 57, byteCount >= 8 else { return 0 }
        return min(count, ((byteCount - 8) * 8 + 7) / width + 1)
    }

    /// Any number, how wide and how near to the end it may be.
    private static func number(
        _ index: Int,
        _ width: Int,
        _ memory: UnsafeRawBufferPointer
    ) -> UInt64 {
        let bit = index * width
        let (offset, skipped) = (bit >> 3, bit & 7)
        var number = unsafe wordAt(offset, memory) >> UInt64(skipped)
        if skipped + width > 64 {
            number |= unsafe UInt64(memory[offset + 8]) << UInt64(64 - skipped)
        }
        return width == 64 ? number : number & ((1 << UInt64(width)) - 1)
    }

    /// Eight bytes from an offset on, zeros for those behind the end.
    private static func wordAt(_ offset: Int, _ memory: UnsafeRawBufferPointer) -> UInt64 {
        if offset + 8 <= memory.count { return unsafe memory.littleEndian(at: offset) }
        var word: UInt64 = 0
        for index in offset..<memory.count {
            unsafe word |= UInt64(memory[index]) << UInt64(8 * (index - offset))
        }
        return word
    }

    private static func width(of number: UInt64) -> Int { 64 - number.leadingZeroBitCount }

    private static func bitBytes(_ count: Int, _ width: Int) -> Int { (count * width + 7) / 8 }

    /// Bytes with what stands before the bits, about.
    private static func byteCount(_ count: Int, _ width: Int) -> Int { 4 + bitBytes(count, width) }
}
