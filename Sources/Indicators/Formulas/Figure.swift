public import Telemetry

/// The value of an indicator with its bounds, its coverage and the way back to the samples.
public struct Figure: Hashable, Sendable {
    /// A query as it was run.
    public struct Query: Hashable, Sendable {
        /// The PromQL text.
        public let text: String
        /// Time at which it was evaluated; the end of the range where a step is given.
        public let at: Instant
        /// Step of a range over the window; nil for a single evaluation.
        public let step: Milliseconds?
    }

    /// The value; nil when nothing is known.
    public var value: Double?
    /// The value if everything unknown were bad; nil when nothing is known.
    public var low: Double?
    /// The value if everything unknown were good; nil when nothing bounds it.
    public var high: Double?
    /// Share of the window that is known, weighted as the value is; nil where time does not enter.
    public var coverage: Double?
    /// What fulfils the indicator, among what is known.
    public var numerator: Double?
    /// All that is known.
    public var denominator: Double?
    /// The finding of an office; nil when the indicator is a number or none is in date.
    public var finding: Bool?
    /// Queries behind the value, as they were run.
    public var expressions: [Query] = []
    /// The span judged; nil where time does not enter.
    public var window: ClosedRange<Instant>?
    /// Whether simulated devices are behind the value.
    public var isSimulated = false
    /// Whether an assumed quantity, as a loss, is part of the value.
    public var isEstimate = false
    /// What a reader has to know besides, as what is missing.
    public var notes: [BilingualText] = []

    /// A figure about which nothing is known, and why.
    static func unknown(_ note: BilingualText) -> Figure {
        var figure = Figure()
        figure.notes = [note]
        return figure
    }
}
