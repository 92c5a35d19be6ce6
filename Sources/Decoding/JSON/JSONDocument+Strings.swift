/// Strings: scanned for validity, and those with escapes unescaped once.
extension JSONDocument {
    /// Moves to the end of a string that holds a backslash.
    ///
    /// - Parameters:
    ///   - text: what it stands in.
    ///   - start: its opening quotation mark.
    ///   - position: the first place in it that holds no plain byte.
    /// - Returns: the place past its closing quotation mark, and its bytes put together, eight at a
    ///   time.
    /// - Throws: ``DecodingError/notJSON(offset:problem:)``.
    static func scanEscapedString(
        _ text: Span<UInt8>,
        _ start: Int,
        from position: Int
    ) throws(DecodingError) -> (end: Int, letters: UInt64) {
        var position = position
        var letters: UInt64 = 0
        while true {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") { return (position + 1, letters) }
            guard byte == UInt8(ascii: "\\") else {
                let isEnd = position == text.count - 1
                throw .notJSON(
                    offset: isEnd ? start : position,
                    problem: isEnd ? "a string has no end" : "a control character in a string"
                )
            }
            position += 1
            try scanEscape(text, &position)
            let (end, seen) = afterPlainBytes(text, position)
            position = end
            letters |= seen
        }
    }

    /// The highest bit of each of eight bytes, which those of ASCII have not.
    static let highestBits: UInt64 = 0x8080_8080_8080_8080

    /// The first place from one on that holds a quotation mark, a backslash or a control character;
    /// the zero byte behind the text is one.
    ///
    /// Eight bytes at once: of each, the highest bit is set where subtracting borrows, which of
    /// bytes below 0x80 those do that are less than what is subtracted. What is passed over, and
    /// up to seven bytes behind it, is put together, eight at a time.
    /// - Source: H. S. Warren, "Hacker's Delight", 2nd edition, section 6-1.
    @inline(__always)
    static func afterPlainBytes(_ text: Span<UInt8>, _ start: Int)
        -> (end: Int, letters: UInt64)
    {
        var letters: UInt64 = 0
        let ones: UInt64 = 0x0101_0101_0101_0101
        let raw = text.bytes
        var position = start
        let last = raw.byteCount - 8
        while position <= last {
            // The condition of the loop is that of the load.
            let bytes = UInt64(
                littleEndian: raw.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: position,
                    as: UInt64.self
                )
            )
            letters |= bytes
            let quotes = bytes ^ ones &* UInt64(UInt8(ascii: "\""))
            let slashes = bytes ^ ones &* UInt64(UInt8(ascii: "\\"))
            let found =
                ((bytes &- ones &* 0x20) | (quotes &- ones) | (slashes &- ones))
                & ~bytes & highestBits
            // Borrows run upwards only, so that the lowest that is found is right.
            if found != 0 {
                return (position + found.trailingZeroBitCount / 8, letters)
            }
            position += 8
        }
        let (end, seen) = afterLastPlainBytes(text, position)
        return (end, letters | seen)
    }

    private static func afterLastPlainBytes(_ text: Span<UInt8>, _ start: Int)
        -> (end: Int, letters: UInt64)
    {
        var position = start
        var letters: UInt64 = 0
        while true {
            switch text[position] {
            case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"): return (position, letters)
            case let byte:
                letters |= UInt64(byte)
                position += 1
            }
        }
    }

    private static func scanEscape(_ text: Span<UInt8>, _ position: inout Int)
        throws(DecodingError)
    {
        switch text[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            let start = position
            let unit = try hexUnit(text, at: position + 1)
            position += 5
            if UTF16.isTrailSurrogate(unit) {
                throw .notJSON(offset: start, problem: "half a surrogate pair in a string")
            }
            if UTF16.isLeadSurrogate(unit) {
                guard text[position] == UInt8(ascii: "\\"),
                    text[position + 1] == UInt8(ascii: "u"),
                    UTF16.isTrailSurrogate(try hexUnit(text, at: position + 2))
                else {
                    throw .notJSON(offset: start, problem: "half a surrogate pair in a string")
                }
                position += 6
            }
        default: throw .notJSON(offset: position, problem: "an unknown escape in a string")
        }
    }

    private static func hexUnit(_ text: Span<UInt8>, at start: Int) throws(DecodingError) -> UInt16
    {
        var unit: UInt16 = 0
        for index in start..<(start + 4) {
            // The zero byte after the text is no digit, so the index cannot leave the array.
            guard let digit = HexText.value(text[index]) else {
                throw .notJSON(offset: index, problem: "expected four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// The text of a string or key node.
    func text(of node: Int) -> String {
        String(decoding: bytes[nodes[node].range], as: UTF8.self)
    }

    /// Puts what strings and keys with escapes say behind the text, each ended by a zero byte, and
    /// leads their nodes there, so that the bytes of every node are what it says.
    ///
    /// No escape is shorter than what it stands for, so that this at most doubles the bytes.
    mutating func resolveEscapes() {
        for index in nodes.indices where nodes[index].isEscaped {
            let start = bytes.count
            appendUnescaped(nodes[index].range)
            let range = start..<bytes.count
            bytes.append(0)
            nodes[index].isEscaped = false
            nodes[index].start = UInt32(range.lowerBound)
            nodes[index].end = UInt32(range.upperBound)
            if nodes[index].kind == .key {
                nodes[index].next = JSONKey.signature(bytes.span, range)
            }
        }
    }

    private mutating func appendUnescaped(_ range: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                bytes.append(bytes[index])
                index += 1
                continue
            }
            let unit = unescaped(&index)
            var codePoint = UInt32(unit)
            if UTF16.isLeadSurrogate(unit) {
                // The text was taken, so that the other half follows.
                let trail = UInt32(unescaped(&index))
                codePoint = 0x1_0000 + (codePoint - 0xD800) << 10 + (trail - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(codePoint), let units = UTF8.encode(scalar) else {
                preconditionFailure("half a surrogate pair in a string that was taken")
            }
            bytes.append(contentsOf: units)
        }
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
