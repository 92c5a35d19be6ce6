/// A value of a JSON line, and where its text stands.
///
/// The text stays reachable so that it can be copied as it was written: a number read into a double
/// and written again may look different.
struct JSONValue: Sendable {
    enum Content: Sendable {
        case object([(key: String, value: JSONValue)])
        case array([JSONValue])
        case text(String)
        case number
        case flag(Bool)
        case null
    }

    let content: Content
    /// The value's bytes in the file.
    let range: Range<Int>

    /// The value at the end of a path, or nil.
    func value(at path: RecordPath) -> JSONValue? {
        var value = self
        for step in path.steps {
            switch (step, value.content) {
            case (.key(let key), .object(let members)):
                guard let member = members.first(where: { $0.key == key }) else { return nil }
                value = member.value
            case (.element(let index), .array(let elements)):
                guard index < elements.count else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }
}

/// Texts and numbers as JSON has them.
enum JSONText {
    /// Whether a text is a JSON number to the letter.
    ///
    /// - Source: RFC 8259, section 6.
    static func isNumber(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        return numberEnd(bytes, from: 0, to: bytes.count) == bytes.count
    }

    /// Past the last byte of the number that begins at a place; nil when none does.
    static func numberEnd(_ bytes: [UInt8], from start: Int, to end: Int) -> Int? {
        func digits(_ place: Int) -> Int {
            var place = place
            while place < end, bytes[place] &- 0x30 <= 9 { place += 1 }
            return place
        }
        var place = start
        if place < end, bytes[place] == UInt8(ascii: "-") { place += 1 }
        let whole = place
        place = digits(whole)
        guard place == whole + 1 || place > whole && bytes[whole] != UInt8(ascii: "0") else {
            return nil
        }
        if place < end, bytes[place] == UInt8(ascii: ".") {
            let fraction = place + 1
            place = digits(fraction)
            guard place > fraction else { return nil }
        }
        if place < end, bytes[place] | 0x20 == UInt8(ascii: "e") {
            var exponent = place + 1
            if exponent < end,
                bytes[exponent] == UInt8(ascii: "+") || bytes[exponent] == UInt8(ascii: "-")
            {
                exponent += 1
            }
            place = digits(exponent)
            guard place > exponent else { return nil }
        }
        return place
    }

    /// A text in quotation marks, with escapes where JSON needs them.
    ///
    /// - Source: RFC 8259, section 7.
    static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                bytes += "\\u00\(hex.utf8.count < 2 ? "0" : "")\(hex)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return bytes
    }
}
