/// Reads one JSON text that stands somewhere in a file.
///
/// The grammar is RFC 8259's; half a surrogate pair is refused. Recursion is bounded by
/// ``ReplayLimits/nesting``, so that no line can exhaust the stack.
struct JSONParser {
    /// What is wrong, and at which byte.
    struct Problem: Error, Hashable {
        let place: Int
        let message: String
    }

    private let bytes: [UInt8]
    private let end: Int
    private var place: Int

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = range.upperBound
    }

    /// Reads a range of bytes that must be UTF-8 and hold one value, blanks around it allowed.
    static func value(of bytes: [UInt8], in range: Range<Int>) throws(Problem) -> JSONValue {
        guard String(validating: bytes[range], as: UTF8.self) != nil else {
            throw Problem(place: range.lowerBound, message: "bytes that are not UTF-8")
        }
        var parser = JSONParser(bytes, range)
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        guard parser.place == parser.end else { throw parser.problem("text after the value") }
        return value
    }

    private mutating func value(depth: Int) throws(Problem) -> JSONValue {
        guard depth < ReplayLimits.nesting else {
            throw problem("more than \(ReplayLimits.nesting) containers inside each other")
        }
        skipBlanks()
        let start = place
        guard place < end else { throw problem("the text ends where a value is due") }
        let content: JSONValue.Content
        switch bytes[place] {
        case UInt8(ascii: "{"): content = try object(depth)
        case UInt8(ascii: "["): content = try array(depth)
        case UInt8(ascii: "\""): content = .text(try text())
        case UInt8(ascii: "t"): content = try word("true", .flag(true))
        case UInt8(ascii: "f"): content = try word("false", .flag(false))
        case UInt8(ascii: "n"): content = try word("null", .null)
        default:
            guard let past = JSONText.numberEnd(bytes, from: place, to: end) else {
                throw problem("expected a value")
            }
            place = past
            content = .number
        }
        return JSONValue(content: content, range: start..<place)
    }

    private mutating func object(_ depth: Int) throws(Problem) -> JSONValue.Content {
        place += 1
        var members: [(key: String, value: JSONValue)] = []
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipBlanks()
            guard place < end, bytes[place] == UInt8(ascii: "\"") else {
                throw problem("expected a key in quotation marks")
            }
            let key = try text()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw problem("expected a colon after the key") }
            members.append((key, try value(depth: depth + 1)))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else {
                throw problem("expected a comma or the end of the object")
            }
        }
    }

    private mutating func array(_ depth: Int) throws(Problem) -> JSONValue.Content {
        place += 1
        var elements: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else {
                throw problem("expected a comma or the end of the array")
            }
        }
    }

    private mutating func word(
        _ word: String,
        _ content: JSONValue.Content
    ) throws(Problem) -> JSONValue.Content {
        guard bytes[place..<end].starts(with: word.utf8) else { throw problem("expected a value") }
        place += word.utf8.count
        return content
    }

    // MARK: Texts

    private mutating func text() throws(Problem) -> String {
        place += 1
        var content: [UInt8] = []
        while place < end {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                place += 1
                content += try escaped()
            case 0..<0x20: throw problem("a control character in a text")
            default:
                place += 1
                content.append(byte)
            }
        }
        throw problem("a text that is never closed")
    }

    /// The bytes of an escape whose backslash has been taken.
    private mutating func escaped() throws(Problem) -> [UInt8] {
        guard place < end else { throw problem("a text that is never closed") }
        let letter = bytes[place]
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try scalar()).utf8)
        default: throw problem("an escape that JSON does not have")
        }
    }

    /// The scalar of a `\u` escape, or of two that make a surrogate pair.
    private mutating func scalar() throws(Problem) -> Character {
        var value = try unit()
        if (0xD800...0xDBFF).contains(value), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try unit()
            guard (0xDC00...0xDFFF).contains(low) else { throw problem("half a surrogate pair") }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw problem("half a surrogate pair") }
        return Character(scalar)
    }

    private mutating func unit() throws(Problem) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard place < end, let digit = Self.hexadecimal(bytes[place]) else {
                throw problem("an escape without four hexadecimal digits")
            }
            value = value << 4 | digit
            place += 1
        }
        return value
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - 0x30)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - 0x57)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - 0x37)
        default: nil
        }
    }

    // MARK: Places

    private mutating func skipBlanks() {
        while place < end, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard place < end, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    private func problem(_ message: String) -> Problem {
        Problem(place: place, message: message)
    }
}
