/// The unit that a metric's name says, as Prometheus names units.
///
/// - Source: OpenMetrics 1.0, "Unit": the unit is the end of the name, before `_total`.
public enum MetricUnit {
    /// Units that names of ours end with; of two that fit, the longer is meant.
    private static let known = [
        "amperes", "bytes", "celsius", "cubic_metres", "cubic_metres_per_hour",
        "decibel_milliwatts", "decibels", "degrees", "hertz", "joules", "kilograms", "lux",
        "metres", "metres_per_second", "milligrams_per_litre", "millimetres", "ntu", "pascals",
        "ratio", "seconds", "siemens_per_metre", "vars", "volts", "watts",
    ].sorted { $0.utf8.count > $1.utf8.count }

    /// The unit of a metric.
    ///
    /// - Parameter name: Its name, as `water_volume_cubic_metres_total`.
    /// - Returns: The unit, as `cubic_metres`; empty for a number without one.
    public static func of(_ name: String) -> String {
        let stem = name.hasSuffix("_total") ? name.dropLast(6) : name[...]
        return known.first { stem.hasSuffix("_" + $0) } ?? ""
    }
}
