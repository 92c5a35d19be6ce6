/// What was read for a query, samples and summaries of which tiers of the source, and what is to
/// say of its answer.
public struct QueryReport: Hashable, Sendable {
    /// What was read of one tier.
    public struct Tier: Hashable, Sendable {
        /// Its name in the source; ``QueryReport/raw`` where only samples were asked for.
        public let name: String
        /// How many series were read, one counted each time.
        public internal(set) var series = 0
        /// How many summaries were read.
        public internal(set) var summaries = 0
        /// How many samples were read: at the edges of windows, or where no summary is kept.
        public internal(set) var samples = 0
        /// How many of the summaries reach over the edge of a window, because their samples are
        /// gone: the answer counts each wholly on the side where its bucket ends.
        public internal(set) var inexact = 0
    }

    /// The name of the tier that holds samples.
    public static let raw = "raw"

    /// What was read, in the order in which tiers were first asked.
    public private(set) var tiers: [Tier] = []

    /// What is to say of the answer.
    public internal(set) var annotations = QueryAnnotations()

    /// Creates the report of no query.
    public init() {}

    /// Summaries and samples read of all tiers.
    public var readCount: Int { tiers.reduce(0) { $0 + $1.summaries + $1.samples } }

    /// Summaries of all tiers that reach over the edge of a window.
    public var inexactCount: Int { tiers.reduce(0) { $0 + $1.inexact } }

    /// Adds what was read besides, and what is to say of it.
    public mutating func add(_ other: QueryReport) {
        if !other.annotations.isEmpty { annotations.add(other.annotations) }
        for tier in other.tiers { add(tier) }
    }

    /// Adds what was read of one tier.
    mutating func add(_ tier: Tier) {
        guard let place = tiers.firstIndex(where: { $0.name == tier.name }) else {
            if tier.series > 0 { tiers.append(tier) }
            return
        }
        tiers[place].series += tier.series
        tiers[place].summaries += tier.summaries
        tiers[place].samples += tier.samples
        tiers[place].inexact += tier.inexact
    }
}
