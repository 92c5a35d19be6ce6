/// Numbers: checked against the grammar when parsed, converted when asked for.
extension JSONDocument {
    /// The place past a number.
    ///
    /// - Throws: ``DecodingError/notJSON(offset:problem:)`` for another form,
    ///   ``DecodingError/badValue(field:problem:)`` beyond the range of a double.
    static func scanNumber(_ text: Span<UInt8>, _ start: Int) throws(DecodingError) -> Int {
        var position = start
        if text[position] == UInt8(ascii: "-") { position += 1 }
        let integer = position
        position = afterDigits(text, position)
        guard position > integer, position == integer + 1 || text[integer] != UInt8(ascii: "0")
        else {
            throw .notJSON(offset: start, problem: "expected a number without leading zeros")
        }
        var magnitude = position - integer
        if text[position] == UInt8(ascii: ".") {
            let fraction = position + 1
            position = afterDigits(text, fraction)
            guard position > fraction else {
                throw .notJSON(offset: position, problem: "expected digits after the decimal point")
            }
        }
        if text[position] == UInt8(ascii: "e") || text[position] == UInt8(ascii: "E") {
            position += 1
            let isNegative = text[position] == UInt8(ascii: "-")
            if isNegative || text[position] == UInt8(ascii: "+") { position += 1 }
            let exponent = position
            position = afterDigits(text, exponent)
            guard position > exponent else {
                throw .notJSON(offset: position, problem: "expected digits in the exponent")
            }
            if !isNegative { magnitude += smallNumber(text, exponent..<position) }
        }
        guard position - start <= DecodingLimits.numberBytes else {
            throw .badValue(field: "byte \(start)", problem: "a number of too many digits")
        }
        // 1e308 has 309 digits before the point; below that no number can overflow.
        if magnitude > 308, slowDouble(text, start..<position) == nil {
            throw .badValue(
                field: "byte \(start)",
                problem: "a number beyond the range of a double"
            )
        }
        return position
    }

    private static func afterDigits(_ text: Span<UInt8>, _ position: Int) -> Int {
        var position = position
        while text[position] &- 0x30 <= 9 { position += 1 }
        return position
    }

    /// A whole number, or any greater than all that matter.
    private static func smallNumber(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var value = 0
        for index in range where value < 100_000 { value = value * 10 + Int(text[index] - 0x30) }
        return value
    }

    /// The value of a member that is a number, or nil for others and for none.
    func number(of member: Int?) -> Double? {
        guard let member else { return nil }
        return number(member)
    }

    /// The value of a number node, or nil for other nodes.
    func number(_ node: Int) -> Double? {
        nodes[node].kind == .number ? Self.double(bytes.span, nodes[node].range) : nil
    }

    /// The value of a node that is a whole number from 0 to 2^64 − 1, exactly; nil for anything
    /// else.
    func unsigned(_ node: Int) -> UInt64? {
        guard nodes[node].kind == .number else { return nil }
        var value: UInt64 = 0
        for index in nodes[node].range {
            let digit = bytes[index] &- 0x30
            guard digit <= 9 else { return nil }
            let (shifted, isOver) = value.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = shifted.addingReportingOverflow(UInt64(digit))
            if isOver || isOverToo { return nil }
            value = sum
        }
        return value
    }

    /// The value of a piece of text that is a JSON number in full, or nil; for numbers sent as
    /// text.
    func numberText(_ node: Int) -> Double? {
        guard nodes[node].kind == .string, !nodes[node].range.isEmpty else { return nil }
        let start = Int(nodes[node].start)
        let first = bytes[start]
        guard first == UInt8(ascii: "-") || first &- 0x30 <= 9 else { return nil }
        do throws(DecodingError) {
            let end = try Self.scanNumber(bytes.span, start)
            guard end == Int(nodes[node].end) else { return nil }
        } catch {
            // Not a number: the caller says so with the name of its field.
            return nil
        }
        return Self.double(bytes.span, nodes[node].range)
    }

    /// Converts a text of the JSON grammar, correctly rounded.
    ///
    /// Up to 19 digits are gathered as an integer. When it is below 2^53 and the power of ten at
    /// most 22, both are exact doubles and one operation rounds once; all else goes to the library.
    /// - Source: W. D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990, fast
    ///   path.
    static func double(_ text: Span<UInt8>, _ range: Range<Int>) -> Double? {
        var index = range.lowerBound
        let isNegative = text[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let start = index
        var mantissa: UInt64 = 0
        gatherDigits(text, &index, range.upperBound, &mantissa)
        // Beyond 19 digits the mantissa wraps.
        var digitCount = index - start
        var exponent = 0
        if index < range.upperBound, text[index] == UInt8(ascii: ".") {
            index += 1
            let fraction = index
            gatherDigits(text, &index, range.upperBound, &mantissa)
            exponent = fraction - index
            digitCount -= exponent
        }
        if index < range.upperBound {
            index += 1
            let isDown = text[index] == UInt8(ascii: "-")
            if isDown || text[index] == UInt8(ascii: "+") { index += 1 }
            let size = smallNumber(text, index..<range.upperBound)
            exponent += isDown ? -size : size
        }
        guard digitCount <= 19, mantissa < 1 << 53, abs(exponent) <= 22 else {
            return slowDouble(text, range)
        }
        let exact = Double(mantissa)
        if exponent == 0 { return isNegative ? -exact : exact }
        let value =
            exponent < 0 ? exact / powersOfTen[-exponent] : exact * powersOfTen[exponent]
        return isNegative ? -value : value
    }

    /// Appends digits to a number until another byte or the end comes.
    @inline(__always)
    private static func gatherDigits(
        _ text: Span<UInt8>,
        _ index: inout Int,
        _ end: Int,
        _ number: inout UInt64
    ) {
        while index < end {
            let digit = text[index] &- 0x30
            if digit > 9 { return }
            number = number &* 10 &+ UInt64(digit)
            index &+= 1
        }
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    private static func slowDouble(_ text: Span<UInt8>, _ range: Range<Int>) -> Double? {
        var digits: [UInt8] = []
        digits.reserveCapacity(range.count)
        for index in range { digits.append(text[index]) }
        guard let value = Double(String(decoding: digits, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }
}
