/// The name of a label as it stands in a path: percent-encoded, and of Prometheus 3 perhaps with
/// `U__` before it and `_2e_` for a dot.
///
/// - Source: prometheus/common, model.UnescapeName with value encoding; Prometheus 3, UTF-8 names.
enum PathLabelName {
    /// Most hexadecimal digits of a letter: those of the last plane of Unicode.
    private static let mostDigits = 6

    /// Reads a name.
    ///
    /// - Throws: ``APIError`` of kind bad data when it is empty or no UTF-8.
    static func read(_ segment: String) throws(APIError) -> String {
        let bytes = PercentEncoding.decode(segment)
        guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
            throw APIError(.badData, "invalid label name: \(QuotedText.of(bytes))")
        }
        let name = unescape(text)
        guard !name.isEmpty else { throw APIError(.badData, "invalid label name: \"\"") }
        return name
    }

    /// Undoes the escaping; a text that is not escaped rightly stays as it is.
    static func unescape(_ text: String) -> String {
        guard text.utf8.starts(with: "U__".utf8) else { return text }
        var result = ""
        var rest = text.unicodeScalars.dropFirst(3)
        while let scalar = rest.popFirst() {
            guard scalar == "_" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let digits = rest.prefix { $0 != "_" }
            rest = rest.dropFirst(digits.count)
            guard rest.popFirst() != nil, digits.count <= mostDigits,
                let escaped = digits.isEmpty ? "_" : letter(digits)
            else { return text }
            result.unicodeScalars.append(escaped)
        }
        return result
    }

    private static func letter(_ digits: Substring.UnicodeScalarView) -> Unicode.Scalar? {
        guard digits.allSatisfy({ $0.isASCII && $0.properties.isASCIIHexDigit }) else { return nil }
        return UInt32(String(digits), radix: 16).flatMap { Unicode.Scalar($0) }
    }
}
