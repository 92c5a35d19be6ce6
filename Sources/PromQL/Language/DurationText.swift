public import Telemetry

/// Durations as Prometheus writes them: whole numbers with units in falling order, as `1h30m`.
///
/// - Source: Prometheus, "Querying basics", time durations: `ms s m h d w y`; a day has 24 hours, a
///   week 7 days, a year 365.
public enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000),
        ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// The longest duration of Prometheus, which counts nanoseconds: some 292 years.
    public static let longest = Milliseconds(Int64.max / 1_000_000)

    /// Reads a duration, or nil when the text is none or more than ``longest``; `0` alone is one.
    public static func parse(_ text: String) -> Milliseconds? {
        if text == "0" { return .zero }
        var rest = Substring(text)
        var total: Int64 = 0
        var unit = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            guard let found = units[unit...].firstIndex(where: { $0.name == name }) else {
                return nil
            }
            rest = rest.dropFirst(name.count)
            let (part, tooLarge) = number.multipliedReportingOverflow(
                by: units[found].milliseconds
            )
            let (sum, overflow) = total.addingReportingOverflow(part)
            if tooLarge || overflow || sum > longest.count { return nil }
            total = sum
            unit = found + 1
        }
        return Milliseconds(total)
    }

    /// Writes a duration; years and weeks only where they come out even, as Prometheus does.
    public static func print(_ duration: Milliseconds) -> String {
        if duration == .zero { return "0s" }
        var rest = duration.count.magnitude
        var text = duration < .zero ? "-" : ""
        for (name, milliseconds) in units {
            let size = UInt64(milliseconds)
            if name == "y" || name == "w", rest % size != 0 { continue }
            if rest >= size {
                text += "\(rest / size)\(name)"
                rest %= size
            }
        }
        return text
    }
}
