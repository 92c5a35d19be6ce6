extension NumberFormat {
    /// Most digits of an unsigned 64-bit number.
    private static let mostDigits = 20
    /// Decimals that numbers of sensors have, as a rule, and what shifts them before the point.
    private static let decimals: [(count: Int, scale: Double)] = [
        (0, 1), (1, 10), (2, 100), (3, 1000),
    ]
    /// Below it a number with three decimals has fewer than 15 digits: then no two such texts read
    /// back as the same number, and the first that does is the shortest.
    private static let largestShort = 1e11

    /// Adds the text that ``prometheus(_:)`` gives, without making a string of it first.
    ///
    /// Costs a few divisions for numbers with up to three decimals; the others are made by
    /// ``prometheus(_:)``.
    public static func append(_ value: Double, to bytes: inout [UInt8]) {
        let magnitude = value.magnitude
        if magnitude < largestShort {
            for (count, scale) in decimals {
                let whole = (magnitude * scale).rounded()
                guard whole / scale == magnitude else { continue }
                if value.sign == .minus { bytes.append(UInt8(ascii: "-")) }
                append(UInt64(whole), decimals: count, to: &bytes)
                return
            }
        }
        bytes.append(contentsOf: prometheus(value).utf8)
    }

    /// Magnitudes that answers of the HTTP API write without an exponent.
    private static let plainMagnitudes = 1e-6..<1e21

    /// Adds a number as answers of the HTTP API have it: below 1e-6 and from 1e21 on with an
    /// exponent of two digits or more, as `1e-07`.
    ///
    /// - Source: Prometheus, util/jsonutil/marshal.go, as encoding/json of Go has it.
    public static func appendAnswer(_ value: Double, to bytes: inout [UInt8]) {
        if value == 0 || !value.isFinite || plainMagnitudes.contains(value.magnitude) {
            append(value, to: &bytes)
        } else {
            // At these magnitudes Swift writes exponents, and writes them as Go does.
            bytes.append(contentsOf: value.description.utf8)
        }
    }

    /// Adds a whole number's digits, the last of them behind a point.
    ///
    /// - Parameters:
    ///   - number: The number with its decimals, as if there were no point.
    ///   - decimals: How many digits stand behind the point, 0 to 19; with 0 there is none.
    ///   - bytes: Gets the text, ASCII.
    public static func append(_ number: UInt64, decimals: Int = 0, to bytes: inout [UInt8]) {
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var first = mostDigits
        var rest = number
        while rest > 0 || first > mostDigits - 1 - decimals {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        bytes.append(addingCapacity: mostDigits + 1) { output in
            for index in first..<mostDigits {
                if index == mostDigits - decimals { output.append(UInt8(ascii: ".")) }
                output.append(digits[index])
            }
        }
    }
}
