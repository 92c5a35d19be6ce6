/// Numbers as Prometheus writes them in labels and expressions.
///
/// - Source: Go's strconv.FormatFloat with format `f` and the shortest precision.
public enum NumberFormat {
    /// The shortest decimal text, without exponent, that reads back as the same number.
    public static func prometheus(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let shortest = value.description
        // By bytes: a result of many points is mostly this.
        guard let mark = shortest.utf8.firstIndex(of: UInt8(ascii: "e")) else {
            guard value == value.rounded(.towardZero) else { return shortest }
            // It ends in ".0".
            return String(shortest.utf8.dropLast(2)) ?? shortest
        }
        let exponent = Int(shortest[shortest.index(after: mark)...]) ?? 0
        var mantissa = shortest[..<mark]
        let sign = mantissa.hasPrefix("-") ? "-" : ""
        if !sign.isEmpty { mantissa.removeFirst() }
        let parts = mantissa.split(separator: ".")
        let whole = String(parts[0])
        let fraction = parts.count > 1 && parts[1] != "0" ? String(parts[1]) : ""
        let digits = whole + fraction
        let point = whole.count + exponent
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count {
            return sign + digits + String(repeating: "0", count: point - digits.count)
        }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }
}
