public import Telemetry

/// A metric of the gateway itself with all of its values at one moment.
///
/// - Source: Prometheus, "Exposition formats"; OpenMetrics 1.0, section 4.
public struct MetricFamily: Sendable {
    /// What its values are like.
    public enum Kind: String, Sendable {
        /// Goes up and down.
        case gauge
        /// Only rises, from 0 at the start of the process.
        case counter
        /// Counts of observations by how large they were, their sum and their number.
        case histogram
    }

    /// One value.
    public struct Point: Sendable {
        /// What comes after the family's name: nothing, or `_bucket`, `_sum`, `_count`.
        public let suffix: String
        /// Its labels, without the name.
        public let labels: Labels
        /// The value.
        public let value: Double

        /// Creates a value.
        public init(suffix: String = "", labels: Labels = .empty, value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    /// What comes after the name of a histogram's buckets.
    static let bucketSuffix = "_bucket"

    /// The name, with its unit, and `_total` for a counter.
    public let name: String
    /// What its values are like.
    public let kind: Kind
    /// A sentence for people.
    public let help: String
    /// The values, in the order in which they are shown.
    public var points: [Point]

    /// Creates a family.
    public init(_ kind: Kind, _ name: String, _ help: String, _ points: [Point] = []) {
        self.kind = kind
        self.name = name
        self.help = help
        self.points = points
    }

    /// Creates a family that has one value without labels.
    public init(_ kind: Kind, _ name: String, _ help: String, _ value: Double) {
        self.init(kind, name, help, [Point(value: value)])
    }

    /// Creates a family that has one value for each value of a label, in the order given.
    public init(
        _ kind: Kind,
        _ name: String,
        _ help: String,
        by label: String,
        _ values: some Sequence<(String, Double)>
    ) {
        let points = values.map { Point(labels: Labels([Label(label, $0.0)]), value: $0.1) }
        self.init(kind, name, help, points)
    }
}

extension LabelledSamples {
    /// Adds the values of families as samples of one time.
    ///
    /// Buckets of histograms are left out: they are many, and their sums and counts tell the mean.
    public mutating func append(_ families: [MetricFamily], at time: Instant) {
        for family in families {
            for point in family.points where point.suffix != MetricFamily.bucketSuffix {
                let name = family.name + point.suffix
                append(
                    point.labels.setting(Labels.metricNameLabel, to: name),
                    Sample(time: time, value: point.value)
                )
            }
        }
    }
}
