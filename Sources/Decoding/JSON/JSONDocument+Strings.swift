/// Strings: scanned once for validity, unescaped only when asked for.
extension JSONDocument {
    /// Moves from the opening quotation mark past the closing one; whether a backslash stands
    /// between.
    func scanString(_ position: inout Int) throws(DecodingError) -> Bool {
        let start = position
        position += 1
        var isEscaped = false
        while true {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return isEscaped
            }
            if byte < 0x20 {
                let isEnd = position == bytes.count - 1
                throw .notJSON(
                    offset: isEnd ? start : position,
                    problem: isEnd ? "a string has no end" : "a control character in a string"
                )
            }
            position += 1
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try scanEscape(&position)
            }
        }
    }

    private func scanEscape(_ position: inout Int) throws(DecodingError) {
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            let start = position
            let unit = try hexUnit(at: position + 1)
            position += 5
            if UTF16.isTrailSurrogate(unit) {
                throw .notJSON(offset: start, problem: "half a surrogate pair in a string")
            }
            if UTF16.isLeadSurrogate(unit) {
                guard bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u"),
                    UTF16.isTrailSurrogate(try hexUnit(at: position + 2))
                else {
                    throw .notJSON(offset: start, problem: "half a surrogate pair in a string")
                }
                position += 6
            }
        default: throw .notJSON(offset: position, problem: "an unknown escape in a string")
        }
    }

    private func hexUnit(at start: Int) throws(DecodingError) -> UInt16 {
        var unit: UInt16 = 0
        for index in start..<(start + 4) {
            // The zero byte after the text is no digit, so the index cannot leave the array.
            guard let digit = HexText.value(bytes[index]) else {
                throw .notJSON(offset: index, problem: "expected four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// The text of a string or key node, escapes resolved.
    func text(of node: Int) -> String {
        let range = nodes[node].range
        guard nodes[node].isEscaped else {
            return String(decoding: bytes[range], as: UTF8.self)
        }
        var units: [UInt16] = []
        var plain = range.lowerBound
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            units.append(contentsOf: String(decoding: bytes[plain..<index], as: UTF8.self).utf16)
            units.append(unescaped(&index))
            plain = index
        }
        units.append(contentsOf: String(decoding: bytes[plain..<index], as: UTF8.self).utf16)
        return String(decoding: units, as: UTF16.self)
    }

    private func unescaped(_ index: inout Int) -> UInt16 {
        let letter = bytes[index + 1]
        index += 2
        switch letter {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            var unit: UInt16 = 0
            for _ in 0..<4 {
                unit = unit << 4 | UInt16(HexText.value(bytes[index]) ?? 0)
                index += 1
            }
            return unit
        default: return UInt16(letter)
        }
    }
}
