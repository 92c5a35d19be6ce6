/// Whole numbers one after the other, as they are or as differences, whichever takes fewer bytes.
///
/// First number (signed), and where there are more: divisor (variable, at least 1), form (1 byte),
/// packed numbers, see ``PackedIntegers``. With `d` the divisor, the number `i`, from 0, is
///
/// | form | packed | number |
/// | --- | --- | --- |
/// | 0 | `p(1) …` | first + d · p(i) |
/// | 1 | `p(1) …` | number before + d · p(i) |
///
/// All sums and products wrap around at 64 bits.
struct IntegerColumn {
    private var steps: [Int64] = []
    private var distances: [Int64] = []

    /// Bytes of what ``append(_:to:)`` writes for numbers that are all the same.
    static let smallestBytes = 7

    /// Writes numbers, of which there is at least one.
    mutating func append(_ numbers: borrowing [Int64], to bytes: inout [UInt8]) {
        let first = numbers[0]
        bytes.appendSigned(first)
        guard numbers.count > 1 else { return }
        let divisor = Self.takeSteps(numbers.span, into: &steps)
        Self.takeSums(steps, into: &distances)
        bytes.appendVariable(divisor)
        let plan = (near: PackedIntegers.plan(steps.span), far: PackedIntegers.plan(distances.span))
        if plan.far.byteCount <= plan.near.byteCount {
            bytes.append(0)
            PackedIntegers.append(distances.span, plan.far, to: &bytes)
        } else {
            bytes.append(1)
            PackedIntegers.append(steps.span, plan.near, to: &bytes)
        }
    }

    /// Puts the differences of numbers, divided by their greatest common divisor, into a span;
    /// returns the divisor.
    private static func takeSteps(
        _ numbers: Span<Int64>,
        into array: inout [Int64]
    ) -> UInt64 {
        array.resize(to: numbers.count - 1)
        var steps = array.mutableSpan
        var divisor: UInt64 = 0
        for index in steps.indices {
            let step = numbers[index + 1] &- numbers[index]
            steps[index] = step
            if divisor != 1 { divisor = Self.divisor(divisor, step.magnitude) }
        }
        guard divisor > 1, let signed = Int64(exactly: divisor) else { return 1 }
        for index in steps.indices { steps[index] /= signed }
        return divisor
    }

    private static func takeSums(_ steps: borrowing [Int64], into array: inout [Int64]) {
        array.resize(to: steps.count)
        var sums = array.mutableSpan
        var sum: Int64 = 0
        for index in steps.indices {
            sum &+= steps[index]
            sums[index] = sum
        }
    }

    /// Reads so many numbers, at least one, in place of what an array held.
    ///
    /// - Returns: Whether the bytes were whole.
    static func read(
        _ reader: inout ByteReader,
        count: Int,
        into numbers: inout [Int64]
    ) -> Bool {
        numbers.removeAll(keepingCapacity: true)
        let first = reader.takeSigned()
        numbers.append(first)
        guard count > 1 else { return !reader.isExhausted }
        let divisor = Int64(bitPattern: reader.takeVariable())
        let form = reader.takeCount(limit: 1)
        guard PackedIntegers.read(&reader, count: count - 1, into: &numbers) else { return false }
        var target = numbers.mutableSpan
        if form == 0 {
            for index in 1..<target.count { target[index] = first &+ target[index] &* divisor }
        } else {
            var number = first
            for index in 1..<target.count {
                number &+= target[index] &* divisor
                target[index] = number
            }
        }
        return !reader.isExhausted
    }

    /// The greatest common divisor.
    private static func divisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
