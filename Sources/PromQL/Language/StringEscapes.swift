/// Resolves what stands behind a backslash in a quoted text, as Go does.
///
/// - Source: The Go Programming Language Specification, "Rune literals"; Prometheus,
///   util/strutil/quote.go, unquoteChar: of quotes the one around the text alone can be escaped.
enum StringEscapes {
    /// Resolves the text between two quotes.
    ///
    /// - Throws: ``QueryError`` of kind parse at an escape that Go does not know.
    static func resolve(
        _ content: ArraySlice<UInt8>,
        quote: UInt8,
        at position: Int
    ) throws(QueryError) -> String {
        guard content.contains(UInt8(ascii: "\\")) else {
            return String(decoding: content, as: UTF8.self)
        }
        var output: [UInt8] = []
        var index = content.startIndex
        while index < content.endIndex {
            let byte = content[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                continue
            }
            guard index < content.endIndex,
                let bytes = escape(content, quote, &index)
            else {
                throw QueryError(
                    .parse,
                    "unknown escape sequence in a quoted string, expected one of "
                        + "\\a \\b \\f \\n \\r \\t \\v \\\\ "
                        + "\\\(Character(Unicode.Scalar(quote))) "
                        + "\\ooo \\xhh \\uhhhh \\Uhhhhhhhh",
                    position: position
                )
            }
            output.append(contentsOf: bytes)
        }
        guard let text = String(validating: output, as: UTF8.self) else {
            throw QueryError(
                .parse,
                "the bytes of a quoted string must be UTF-8",
                position: position
            )
        }
        return text
    }

    private static func escape(
        _ content: ArraySlice<UInt8>,
        _ quote: UInt8,
        _ index: inout Int
    ) -> [UInt8]? {
        let letter = content[index]
        index += 1
        switch letter {
        case UInt8(ascii: "a"): return [7]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "v"): return [11]
        case UInt8(ascii: "\\"), quote: return [letter]
        case UInt8(ascii: "x"): return digits(content, &index, 2, 16).map { [UInt8($0)] }
        case UInt8(ascii: "u"): return scalar(digits(content, &index, 4, 16))
        case UInt8(ascii: "U"): return scalar(digits(content, &index, 8, 16))
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            index -= 1
            return digits(content, &index, 3, 8).flatMap(UInt8.init(exactly:)).map { [$0] }
        default: return nil
        }
    }

    private static func digits(
        _ content: ArraySlice<UInt8>,
        _ index: inout Int,
        _ count: Int,
        _ radix: Int
    ) -> UInt32? {
        guard index + count <= content.endIndex else { return nil }
        let text = String(decoding: content[index..<index + count], as: UTF8.self)
        guard text.utf8.allSatisfy(\.isHexDigit) else { return nil }
        index += count
        return UInt32(text, radix: radix)
    }

    private static func scalar(_ number: UInt32?) -> [UInt8]? {
        number.flatMap(Unicode.Scalar.init).map { Array(String(Character($0)).utf8) }
    }
}
