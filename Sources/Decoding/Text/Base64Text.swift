/// Base64 with the standard alphabet.
///
/// - Source: RFC 4648 section 4; padding may be left out, unused bits must be zero (section 3.5).
enum Base64Text {
    private static let invalid: UInt8 = 0xFF
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: invalid, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, digit) in alphabet.utf8.enumerated() { table[Int(digit)] = UInt8(value) }
        return table
    }()

    /// Appends the bytes that the text says; false when it is not base64.
    static func decode(_ text: [UInt8], _ range: Range<Int>, into bytes: inout [UInt8]) -> Bool {
        var end = range.upperBound
        let isPadded = end > range.lowerBound && text[end - 1] == UInt8(ascii: "=")
        if isPadded {
            guard range.count.isMultiple(of: 4) else { return false }
            end -= 1
            if text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        }
        let digits = text.span
        let table = values.span
        bytes.reserveCapacity(bytes.count + range.count * 3 / 4)
        var start = range.lowerBound
        while start + 4 <= end {
            let (one, two) = (table[Int(digits[start])], table[Int(digits[start + 1])])
            let (three, four) = (table[Int(digits[start + 2])], table[Int(digits[start + 3])])
            // Values have six bits, what is invalid has eight.
            if (one | two | three | four) > 0x3F { return false }
            bytes.append(one << 2 | two >> 4)
            bytes.append(two << 4 | three >> 2)
            bytes.append(three << 6 | four)
            start += 4
        }
        var group: UInt32 = 0
        var bitCount: UInt32 = 0
        for index in start..<end {
            let value = table[Int(digits[index])]
            if value == invalid { return false }
            group = group << 6 | UInt32(value)
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> bitCount))
                group &= (1 << bitCount) - 1
            }
        }
        // Six bits left over are a digit too many; others must be zero.
        return bitCount < 6 && group == 0
    }
}

extension Base64Text {
    private static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    private static let forURLs = Array(standard.dropLast(2)) + Array("-_".utf8)

    /// The text of bytes, without padding.
    ///
    /// - Parameters:
    ///   - bytes: what the text says.
    ///   - isForURLs: whether the alphabet of section 5 is taken, as SenML does.
    /// - Returns: the text's bytes.
    static func encode(_ bytes: ArraySlice<UInt8>, isForURLs: Bool = false) -> [UInt8] {
        let alphabet = isForURLs ? forURLs : standard
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var group: UInt32 = 0
        var bitCount: UInt32 = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(alphabet[Int(group >> bitCount & 0x3F)])
            }
        }
        if bitCount > 0 { text.append(alphabet[Int(group << (6 - bitCount) & 0x3F)]) }
        return text
    }
}
