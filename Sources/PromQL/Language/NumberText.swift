/// Reads numbers as PromQL writes them.
///
/// - Source: Prometheus, "Querying basics", float literals: decimal, hexadecimal, exponent, `Inf`
///   and `NaN` in any case, underscores between digits.
enum NumberText {
    static func parse(_ text: String) -> Double? {
        var lower = text.lowercased()
        let isNegative = lower.hasPrefix("-")
        if isNegative || lower.hasPrefix("+") { lower.removeFirst() }
        guard let value = magnitude(lower) else { return nil }
        return isNegative ? -value : value
    }

    private static func magnitude(_ text: String) -> Double? {
        if text == "inf" { return .infinity }
        if text == "nan" { return .nan }
        guard let first = text.utf8.first, first.isDigit || first == UInt8(ascii: "."),
            !text.hasSuffix("_"), !text.contains("__")
        else { return nil }
        let digits = text.filter { $0 != "_" }
        if digits.hasPrefix("0x") {
            // Spelled out: `Double.init` would be the one that takes the bits of a number.
            return Int64(digits.dropFirst(2), radix: 16).map { Double($0) }
        }
        // Go reads 0-led whole numbers as octal, where they are octal.
        if digits.count > 1, digits.hasPrefix("0"), let octal = Int64(digits, radix: 8) {
            return Double(octal)
        }
        let isBare = digits.hasPrefix(".")
        let whole = digits.hasSuffix(".") ? digits + "0" : isBare ? "0" + digits : digits
        // What is too large is no number; only the word is infinity.
        guard let value = Double(whole), value.isFinite else { return nil }
        return value
    }
}
