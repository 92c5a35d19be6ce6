/// Text in quotation marks as Go's `%q` writes it, which Prometheus' errors use.
///
/// Where Go escapes letters of other languages that cannot be printed, they stay as they are.
/// - Source: Go, strconv.Quote.
enum QuotedText {
    /// Quotes a text.
    static func of(_ text: String) -> String { of(Array(text.utf8)) }

    /// Quotes bytes; those that are no UTF-8 become `\\xff`.
    static func of(_ bytes: [UInt8]) -> String {
        var result = "\""
        var rest = bytes[...]
        while !rest.isEmpty {
            var decoder = UTF8()
            var iterator = rest.makeIterator()
            if case .scalarValue(let scalar) = decoder.decode(&iterator) {
                append(scalar, to: &result)
                rest.removeFirst(UTF8.width(scalar))
            } else {
                append(hexadecimal: rest.removeFirst(), to: &result)
            }
        }
        return result + "\""
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\\": result += "\\\\"
        case "\"": result += "\\\""
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case "\u{0}"..."\u{1F}", "\u{7F}":
            append(hexadecimal: UInt8(truncatingIfNeeded: scalar.value), to: &result)
        default: result.unicodeScalars.append(scalar)
        }
    }

    private static func append(hexadecimal byte: UInt8, to result: inout String) {
        result += "\\x" + String(UInt16(byte) + 0x100, radix: 16).dropFirst()
    }
}
