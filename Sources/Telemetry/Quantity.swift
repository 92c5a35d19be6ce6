/// A canonical quantity: what is measured, its unit, its physical range and its metric name.
///
/// ``Quantity/all`` is the only place that maps quantities to units and metric names. Readings
/// carry values in ``unit``; stored samples carry them in the base unit that the metric name says
/// (value × ``metricMultiplier`` ÷ ``metricDivisor``). A quantity is its place in the table:
/// copying or comparing one costs what it costs for a number.
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

    /// What the table says of one quantity.
    struct Row: Sendable {
        let id: String
        let metricName: String
        let unit: String
        let range: ClosedRange<Double>
        let kind: Kind
        let metricMultiplier: Double
        let metricDivisor: Double
        let help: String
    }

    /// Place of its row in the table.
    private let place: UInt16

    /// Every quantity the gateway knows, each once.
    public static let all: [Quantity] = rows.indices.map { Quantity(place: UInt16($0)) }

    private var row: Row { Self.rows[Int(place)] }

    /// Stable name, as `lamp.power`.
    public var id: String { row.id }
    /// Metric name with its base unit, as `lamp_power_watts`.
    public var metricName: String { row.metricName }
    /// UCUM code of the unit that readings carry, as `W`.
    public var unit: String { row.unit }
    /// Physically possible values in ``unit``; outside is kept as rejected, never clamped.
    public var range: ClosedRange<Double> { row.range }
    /// How values behave.
    public var kind: Kind { row.kind }
    /// What a reading's value is multiplied by to become a sample.
    public var metricMultiplier: Double { row.metricMultiplier }
    /// What it is then divided by; apart from the multiplier so that decimal values stay exact.
    public var metricDivisor: Double { row.metricDivisor }
    /// What the quantity is, one sentence for the metadata endpoint.
    public var help: String { row.help }

    /// A reading's value in the unit of the metric name.
    public func metricValue(_ value: Double) -> Double {
        value * metricMultiplier / metricDivisor
    }

    /// A sample's value in the quantity's own unit.
    public func readingValue(_ sample: Double) -> Double {
        sample * metricDivisor / metricMultiplier
    }

    /// The quantity of that name, or nil when the table has none.
    public static func named(_ id: String) -> Quantity? { byID[id] }

    /// The quantity with that metric name, or nil.
    public static func withMetricName(_ name: String) -> Quantity? { byMetricName[name] }

    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    private static let byMetricName = Dictionary(
        uniqueKeysWithValues: all.map { ($0.metricName, $0) }
    )
}

extension Quantity: CustomStringConvertible {
    /// The ``id``.
    public var description: String { id }
}
