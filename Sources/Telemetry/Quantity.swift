/// A canonical quantity: what is measured, its unit, its physical range and its metric name.
///
/// ``Quantity/all`` is the only place that maps quantities to units and metric names. Readings
/// carry values in ``unit``; stored samples carry them in the base unit that the metric name says
/// (value × ``metricMultiplier`` ÷ ``metricDivisor``).
public struct Quantity: Hashable, Sendable {
    /// How values of a quantity behave.
    public enum Kind: String, Hashable, Sendable {
        /// A number that goes up and down.
        case gauge
        /// A total that only rises; a fall is a reset or an exchanged meter.
        case counter
        /// A flag, 0 or 1, or a setting that changes rarely.
        case state
    }

    /// Stable name, as `lamp.power`.
    public let id: String
    /// Metric name with its base unit, as `lamp_power_watts`.
    public let metricName: String
    /// UCUM code of the unit that readings carry, as `W`.
    public let unit: String
    /// Physically possible values in ``unit``; outside is kept as rejected, never clamped.
    public let range: ClosedRange<Double>
    /// How values behave.
    public let kind: Kind
    /// What a reading's value is multiplied by to become a sample.
    public let metricMultiplier: Double
    /// What it is then divided by; apart from the multiplier so that decimal values stay exact.
    public let metricDivisor: Double
    /// What the quantity is, one sentence for the metadata endpoint.
    public let help: String

    /// A reading's value in the unit of the metric name.
    public func metricValue(_ value: Double) -> Double {
        value * metricMultiplier / metricDivisor
    }

    /// A sample's value in the quantity's own unit.
    public func readingValue(_ sample: Double) -> Double {
        sample * metricDivisor / metricMultiplier
    }

    /// Quantities compare by ``id``: the table holds each once.
    public static func == (left: Quantity, right: Quantity) -> Bool { left.id == right.id }

    /// Hashes ``id``.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }

    /// The quantity of that name, or nil when the table has none.
    public static func named(_ id: String) -> Quantity? { byID[id] }

    /// The quantity with that metric name, or nil.
    public static func withMetricName(_ name: String) -> Quantity? { byMetricName[name] }

    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    private static let byMetricName = Dictionary(
        uniqueKeysWithValues: all.map { ($0.metricName, $0) }
    )
}
