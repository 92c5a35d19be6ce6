/// Values that are decimal fractions of few digits, as sensors send them, kept as whole numbers.
///
/// Exponent `e` (1 byte, 0...15), count of exceptions (variable), each exception as the count of
/// values between it and the one before (from the first value on) and the value's 64 bits, then an
/// ``IntegerColumn``: a value is its whole number divided by 10 to the power of `e`, rounded as
/// IEEE 754 says, which gives back every bit. At an exception the column repeats a neighbour.
///
/// A value that is not such a fraction, as minus zero, an infinity, any NaN, is an exception.
///
/// - Source: A. Afroozeh et al., "ALP: Adaptive Lossless floating-Point Compression", SIGMOD 2024,
///   section 3.1; the division in place of a product makes more values exact.
struct DecimalColumn {
    private var integers: [Int64] = []
    private var exceptions: [(index: Int, bits: UInt64)] = []
    private var column = IntegerColumn()

    /// Powers that a double holds exactly, and more digits than a sensor has.
    static let largestExponent = 15
    /// Numbers below it are rounded by ``rounding``: 2 to the power of 51.
    private static let largestInteger = 2_251_799_813_685_248.0
    /// Added to a number and taken away again it leaves a whole one, as a double of this size has
    /// no digits behind the point; without SSE 4.1 all else is a call into the C library.
    private static let rounding = 6_755_399_441_055_744.0
    private static let powers = (0...largestExponent).map { power in
        (0..<power).reduce(1.0) { product, _ in product * 10 }
    }
    /// One exception for so many values is allowed, above it the values are no decimals.
    private static let valuesPerException = 16

    /// Writes values, of which there is at least one, if most of them are decimals.
    ///
    /// - Returns: Whether it did.
    mutating func append(
        _ bits: borrowing [UInt64],
        _ range: Range<Int>,
        to bytes: inout [UInt8]
    ) -> Bool {
        let allowed = range.count / Self.valuesPerException
        var exponent = 0
        repeat {
            let needed = Self.scale(
                bits,
                range,
                by: exponent,
                allowed: allowed,
                into: &integers,
                &exceptions
            )
            guard let needed else { break }
            exponent = needed
        } while exponent <= Self.largestExponent
        guard exceptions.count <= allowed else { return false }
        bytes.append(UInt8(exponent))
        bytes.appendVariable(UInt64(exceptions.count))
        var next = 0
        for exception in exceptions {
            bytes.appendVariable(UInt64(exception.index - next))
            bytes.appendLittleEndian(exception.bits)
            next = exception.index + 1
        }
        column.append(integers, to: &bytes)
        return true
    }

    /// Makes whole numbers of all values; returns a larger exponent if that is worth another try.
    private static func scale(
        _ bits: borrowing [UInt64],
        _ range: Range<Int>,
        by exponent: Int,
        allowed: Int,
        into integers: inout [Int64],
        _ exceptions: inout [(index: Int, bits: UInt64)]
    ) -> Int? {
        integers.resize(to: range.count)
        exceptions.removeAll(keepingCapacity: true)
        let power = powers[exponent]
        var last: Int64 = 0
        var target = integers.mutableSpan
        for index in range {
            let value = Double(bitPattern: bits[index])
            if let integer = integer(value, power) {
                last = integer
            } else {
                if let larger = Self.exponent(of: value, above: exponent) { return larger }
                exceptions.append((index - range.lowerBound, bits[index]))
                guard exceptions.count <= allowed else { return nil }
            }
            target[index - range.lowerBound] = last
        }
        return nil
    }

    /// The whole number that gives back a value, or nil.
    @inline(__always)
    private static func integer(_ value: Double, _ power: Double) -> Int64? {
        let scaled = value * power
        // False for NaN, too.
        guard scaled.magnitude < largestInteger else { return nil }
        let integer = Int64(scaled + rounding - rounding)
        return (Double(integer) / power).bitPattern == value.bitPattern ? integer : nil
    }

    private static func exponent(of value: Double, above exponent: Int) -> Int? {
        guard value.isFinite, exponent < largestExponent else { return nil }
        return (exponent + 1...largestExponent).first { integer(value, powers[$0]) != nil }
    }

    /// Reads so many values, at least one, and adds their bit patterns to an array.
    ///
    /// The integers are a work array.
    ///
    /// - Returns: Whether the bytes were whole.
    static func read(
        _ reader: inout ByteReader,
        count: Int,
        _ integers: inout [Int64],
        into bits: inout [UInt64]
    ) -> Bool {
        let power = powers[reader.takeCount(limit: largestExponent)]
        var exceptions: [(index: Int, bits: UInt64)] = []
        var next = 0
        for _ in 0..<reader.takeCount(limit: count) {
            next += reader.takeCount(limit: count - 1 - next)
            exceptions.append((next, reader.take()))
            next += 1
            guard !reader.isExhausted, next <= count else { return false }
        }
        guard IntegerColumn.read(&reader, count: count, into: &integers) else { return false }
        let first = bits.count
        Self.append(integers, dividedBy: power, to: &bits)
        for exception in exceptions { bits[first + exception.index] = exception.bits }
        return true
    }

    private static func append(
        _ integers: borrowing [Int64],
        dividedBy power: Double,
        to bits: inout [UInt64]
    ) {
        // Even none is written down in an empty array, and that one all threads share.
        guard !integers.isEmpty else { return }
        bits.append(addingCapacity: integers.count) { output in
            for index in integers.indices {
                output.append((Double(integers[index]) / power).bitPattern)
            }
        }
    }
}
