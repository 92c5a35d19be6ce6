/// What names of labels, annotations and metrics may look like.
///
/// - Source: Prometheus, "Data model": labels `[a-zA-Z_][a-zA-Z0-9_]*`, metrics also with colons.
enum LabelName {
    static func isValid(_ name: String) -> Bool { isValid(name, allowsColon: false) }

    static func isValidMetric(_ name: String) -> Bool { isValid(name, allowsColon: true) }

    private static func isValid(_ name: String, allowsColon: Bool) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy {
            isLetter($0) || isDigit($0) || (allowsColon && $0 == UInt8(ascii: ":"))
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
    }
}
