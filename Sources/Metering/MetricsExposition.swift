internal import Telemetry

/// Metrics in the Prometheus text format.
///
/// - Source: Prometheus, "Exposition formats", text format 0.0.4.
public enum MetricsExposition {
    /// The type of the text, for `Content-Type`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Writes families, each with its help and its kind.
    public static func text(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families {
            text += "# HELP \(family.name) \(escaped(family.help))\n"
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for point in family.points {
                text += family.name + point.suffix + braces(point.labels)
                text += " \(number(point.value))\n"
            }
        }
        return text
    }

    private static func braces(_ labels: Labels) -> String {
        guard !labels.sorted.isEmpty else { return "" }
        let pairs = labels.sorted.map { "\($0.name)=\(Labels.quoted($0.value))" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func escaped(_ help: String) -> String {
        help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    /// A number as Go's `ParseFloat` reads it; whole ones without a point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let isMinusZero = value == 0 && value.sign == .minus
        guard let whole = Int64(exactly: value), whole.magnitude < 1 << 53, !isMinusZero else {
            return "\(value)"
        }
        return "\(whole)"
    }
}
