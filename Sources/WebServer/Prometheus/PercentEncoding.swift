/// Bytes that stand in addresses and forms as `%` and two hexadecimal digits.
///
/// - Source: RFC 3986, section 2.1; WHATWG URL, "application/x-www-form-urlencoded parsing".
enum PercentEncoding {
    /// Reads encoded text; a `%` without two digits stays as it is.
    ///
    /// - Parameters:
    ///   - text: What was sent.
    ///   - plusIsBlank: Whether a `+` is a blank, as in forms.
    /// - Returns: The bytes, which need not be UTF-8.
    static func decode(_ text: some StringProtocol, plusIsBlank: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                let isBlank = plusIsBlank && byte == UInt8(ascii: "+")
                bytes.append(isBlank ? UInt8(ascii: " ") : byte)
                continue
            }
            var ahead = iterator
            if let high = ahead.next().flatMap(digit), let low = ahead.next().flatMap(digit) {
                bytes.append(high << 4 | low)
                iterator = ahead
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// Writes text so that it can stand anywhere in an address.
    static func of(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let character = Character(Unicode.Scalar(byte))
            if character.isASCII, character.isLetter || character.isNumber {
                result.append(character)
            } else {
                result += "%" + String(UInt16(byte) + 0x100, radix: 16).dropFirst().uppercased()
            }
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.flatMap { UInt8(exactly: $0) }
    }
}
