internal import Glibc

extension NumberFormat {
    /// The shortest decimal text that reads back as the same number, with an exponent below 0.0001
    /// and from a million on.
    ///
    /// - Source: Go's fmt with `%g`.
    static func general(_ value: Double) -> String {
        guard value.isFinite, value != 0 else {
            return value == 0 && value.sign == .minus ? "-0" : prometheus(value)
        }
        let plain = prometheus(abs(value))
        let parts = plain.split(separator: ".")
        let fraction = parts.count > 1 ? parts[1] : ""
        let significant = (parts[0] + fraction).drop { $0 == "0" }
        let leadingZeros = parts[0].count + fraction.count - significant.count
        let exponent = parts[0].count - leadingZeros - 1
        let sign = value < 0 ? "-" : ""
        guard exponent < -4 || exponent >= 6 else { return sign + plain }
        var digits = significant
        while digits.last == "0" { digits.removeLast() }
        let first = String(digits.removeFirst())
        let mantissa = digits.isEmpty ? first : "\(first).\(digits)"
        let magnitude = abs(exponent)
        let power = magnitude < 10 ? "0\(magnitude)" : "\(magnitude)"
        return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(power)"
    }

    /// A number as text with some digits that count, at most.
    ///
    /// - Source: Go's fmt with `%.2g` and the like; C's is the same for finite numbers.
    static func general(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return prometheus(value) }
        var bytes = [CChar](repeating: 0, count: 64)
        let count = withVaList([Int32(digits), value]) { arguments in
            vsnprintf(&bytes, bytes.count, "%.*g", arguments)
        }
        let text = bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) }
        return String(decoding: text, as: UTF8.self)
    }
}
