internal import Foundation
internal import Telemetry

/// Numbers as Go and the template functions of Prometheus print them.
///
/// - Source: Prometheus `template/template.go`, `util/strutil`; Go, package fmt.
enum NumberText {
    /// Go's `%v` of a float64: shortest digits that read back the same, an exponent below 1e-4 and
    /// from 1e6 (strconv `ftoa.go`: "if precision was the shortest possible, use precision 6").
    static func shortest(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        let (digits, exponent) = decimal(of: value.magnitude)
        let sign = value < 0 ? "-" : ""
        if exponent < -4 || exponent >= 6 {
            let fraction = digits.dropFirst()
            let mantissa = fraction.isEmpty ? "\(digits)" : "\(digits.prefix(1)).\(fraction)"
            let size = String(exponent.magnitude)
            let padded = size.count < 2 ? "0\(size)" : size
            return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(padded)"
        }
        if exponent < 0 {
            return "\(sign)0.\(String(repeating: "0", count: -exponent - 1))\(digits)"
        }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return "\(sign)\(digits.prefix(exponent + 1)).\(digits.dropFirst(exponent + 1))"
    }

    /// Four significant digits with a prefix of the SI.
    static func humanized(_ value: Double) -> String {
        if value == 0 || !value.isFinite { return fourDigits(value) }
        var scaled = value
        var prefix = ""
        if scaled.magnitude >= 1 {
            for next in ["k", "M", "G", "T", "P", "E", "Z", "Y"] where scaled.magnitude >= 1000 {
                prefix = next
                scaled /= 1000
            }
        } else {
            (scaled, prefix) = enlarged(scaled)
        }
        return fourDigits(scaled) + prefix
    }

    /// Four significant digits with a binary prefix.
    static func humanized1024(_ value: Double) -> String {
        if value.magnitude <= 1 || !value.isFinite { return fourDigits(value) }
        var scaled = value
        var prefix = ""
        for next in ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"]
        where scaled.magnitude >= 1024 {
            prefix = next
            scaled /= 1024
        }
        return fourDigits(scaled) + prefix
    }

    /// Seconds as `1d 1h 1m 1s`, or as `12.3ms` below one.
    static func duration(_ seconds: Double) -> String {
        if !seconds.isFinite { return fourDigits(seconds) }
        if seconds == 0 { return "0s" }
        if seconds.magnitude < 1 {
            let (scaled, prefix) = enlarged(seconds)
            return "\(fourDigits(scaled))\(prefix)s"
        }
        let sign = seconds < 0 ? "-" : ""
        // Spans beyond 2^63 s cannot be days and hours any more; show the plain number.
        guard let whole = Int(exactly: seconds.magnitude.rounded(.down)) else {
            return fourDigits(seconds) + "s"
        }
        let (days, hours) = (whole / 86_400, whole / 3600 % 24)
        let (minutes, rest) = (whole / 60 % 60, whole % 60)
        if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(rest)s" }
        if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(rest)s" }
        if minutes != 0 { return "\(sign)\(minutes)m \(rest)s" }
        return "\(sign)\(fourDigits(seconds.magnitude))s"
    }

    /// A share as `95%`.
    static func percentage(_ ratio: Double) -> String { fourDigits(ratio * 100) + "%" }

    /// Seconds since 1970 as Go prints a time in UTC: `2026-11-24 02:00:00 +0000 UTC`.
    static func timestamp(_ seconds: Double) -> String {
        guard seconds.isFinite, let instant = Instant(secondsSince1970: seconds),
            // What RFC 3339 can write: the years 0000 to 9999.
            (-62_167_219_200_000...253_402_300_799_999).contains(instant.milliseconds)
        else { return fourDigits(seconds) }
        let text = instant.rfc3339
        let date = text.prefix(10)
        var clock = text.dropFirst(11).dropLast()
        while clock.hasSuffix("0") { clock.removeLast() }
        if clock.hasSuffix(".") { clock.removeLast() }
        return "\(date) \(clock) +0000 UTC"
    }

    static func fourDigits(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return String(format: "%.4g", value)
    }

    private static func enlarged(_ value: Double) -> (Double, String) {
        var scaled = value
        var prefix = ""
        for next in ["m", "u", "n", "p", "f", "a", "z", "y"] where scaled.magnitude < 1 {
            prefix = next
            scaled *= 1000
        }
        return (scaled, prefix)
    }

    /// The shortest digits of a positive number without zeros at their ends, and the power of ten
    /// of the first of them.
    private static func decimal(of value: Double) -> (digits: String, exponent: Int) {
        // Swift prints the shortest digits too, only laid out otherwise.
        let parts = value.description.lowercased().split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(mantissa[0])
        let all = whole + (mantissa.count > 1 ? String(mantissa[1]) : "")
        let leading = all.prefix { $0 == "0" }.count
        var digits = all.dropFirst(leading)
        while digits.hasSuffix("0") { digits.removeLast() }
        let power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        return (String(digits), power + whole.count - 1 - leading)
    }
}
