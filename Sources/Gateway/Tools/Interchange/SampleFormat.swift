internal import Telemetry

/// A text form of samples, for other programs.
///
/// Numbers are written with as few digits as give back the same 64 bits; NaN, +Inf and -Inf stand
/// as words. Which bits a NaN had is lost in text: it comes back as the usual one. The NaN that
/// Prometheus uses to mark the end of a series is no value: OpenMetrics has no word for it, so
/// it is left out there and counted; CSV writes the word `stale`, and it comes back. Samples more
/// than a day after now are refused when they are read.
///
/// **OpenMetrics** is version 1.0 of that text: for each metric name a line `# TYPE name unknown`,
/// then its series one after the other, each in rising time, `name{label="value"} 1.5
/// 1773075600.000`, and at the end `# EOF`. Times are seconds since 1970 with milliseconds. Only
/// series whose names the format allows can be written: `[a-zA-Z_:][a-zA-Z0-9_:]*` for the metric,
/// `[a-zA-Z_][a-zA-Z0-9_]*` for labels; others are left out and counted. When it is read,
/// families may come in any order; exemplars are passed over, and each sample needs a time.
///
/// **CSV** is RFC 4180's, with lines that end in CR LF, one line a sample, as spreadsheets and
/// data frames take it: `time,value,metric`, then one column for each label of any of the series,
/// empty where a series does not have it. The first three columns are told by their place, so that
/// a label may have the name of one. Times are RFC 3339 in UTC with milliseconds; those beyond the
/// years 0 to 9999 are written as `-62167219200001 ms`, milliseconds since 1970.
///
/// - Source: OpenMetrics 1.0, https://openmetrics.io, sections "Text format" and "ABNF"; RFC 4180.
public enum SampleFormat: String, CaseIterable, Sendable, Codable {
    /// Text of OpenMetrics 1.0.
    case openmetrics
    /// Comma-separated values.
    case csv

    /// A value as a number that gives back its bits, or as a word; not for stale markers.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value.description
    }

    /// Reads a decimal number, or NaN, Inf and Infinity in any case with or without a sign.
    ///
    /// - Returns: nil for anything else, hexadecimal digits and numbers beyond the largest double
    ///   among it: an infinity is one only when it is spelled out.
    static func number(_ text: Substring) -> Double? {
        let digits = text.first == "+" || text.first == "-" ? text.dropFirst() : text
        switch digits.lowercased() {
        case "inf", "infinity": return text.first == "-" ? -Double.infinity : .infinity
        case "nan": return .nan
        default:
            let allowed = text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || "+-.eE".utf8.contains(byte)
            }
            guard allowed, let value = Double(text), value.isFinite else { return nil }
            return value
        }
    }

    /// Seconds since 1970 with three decimals.
    static func seconds(_ milliseconds: Int64) -> String {
        let size = milliseconds.magnitude
        let fraction = size % 1000
        let padding = fraction < 10 ? "00" : fraction < 100 ? "0" : ""
        return "\(milliseconds < 0 ? "-" : "")\(size / 1000).\(padding)\(fraction)"
    }

    /// Reads seconds since 1970, exactly where they are plain decimals; finer than milliseconds is
    /// rounded half away from zero.
    static func instant(seconds text: Substring) -> Instant? {
        let isNegative = text.first == "-"
        let digits = isNegative || text.first == "+" ? text.dropFirst() : text
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let isPlain =
            parts.count <= 2 && !digits.isEmpty && parts[0].count < 17
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
        guard isPlain, let whole = UInt64(parts[0]) else {
            return number(text).flatMap { Instant(secondsSince1970: $0) }
        }
        let decimals = parts.count > 1 ? Array(parts[1].utf8).map { UInt64($0 - 48) } : []
        var size = whole * 1000
        for place in 0..<3 where place < decimals.count {
            size += decimals[place] * [100, 10, 1][place]
        }
        if decimals.count > 3, decimals[3] >= 5 { size += 1 }
        let limit = Int64.max.magnitude + (isNegative ? 1 : 0)
        guard size <= limit else { return nil }
        return Instant(
            milliseconds: isNegative ? Int64(truncatingIfNeeded: 0 &- size) : Int64(size)
        )
    }

    /// Whether a text is a name of OpenMetrics.
    static func isName(_ text: some StringProtocol, ofMetric: Bool) -> Bool {
        guard let first = text.utf8.first, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { isNameByte($0, ofMetric: ofMetric) }
    }

    /// Whether a byte may stand in a name of OpenMetrics.
    static func isNameByte(_ byte: UInt8, ofMetric: Bool) -> Bool {
        let folded = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(folded)
            || isDigit(byte) || byte == UInt8(ascii: "_") || ofMetric && byte == UInt8(ascii: ":")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
