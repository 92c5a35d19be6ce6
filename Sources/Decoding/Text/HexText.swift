/// Hexadecimal digits as network servers and people write them.
enum HexText {
    /// The value of one digit, or nil.
    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }

    /// Whether a byte is a digit, in lower case where it is a letter.
    static func isLowerDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 || byte &- 0x61 <= 5 }

    /// The digit of a value from 0 to 15, in lower case.
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? value + 0x30 : value + 0x61 - 10
    }

    /// An ASCII letter in lower case; anything else as it is.
    static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    /// Appends the bytes that an even number of digits says; false when it is anything else.
    static func decode(_ text: [UInt8], _ range: Range<Int>, into bytes: inout [UInt8]) -> Bool {
        guard range.count.isMultiple(of: 2) else { return false }
        var index = range.lowerBound
        while index < range.upperBound {
            guard let high = value(text[index]), let low = value(text[index + 1]) else {
                return false
            }
            bytes.append(high << 4 | low)
            index += 2
        }
        return true
    }

    /// The digits of bytes, two each, blanks between.
    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if !text.isEmpty { text.append(0x20) }
            text.append(digit(byte >> 4))
            text.append(digit(byte & 0xF))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of digits that blanks may divide, as people write payloads; nil for anything else.
    static func decode(_ text: String) -> [UInt8]? {
        let digits = text.utf8.filter { $0 != 0x20 && $0 != 0x0A && $0 != 0x09 }
        var bytes: [UInt8] = []
        return decode(digits, 0..<digits.count, into: &bytes) ? bytes : nil
    }
}
