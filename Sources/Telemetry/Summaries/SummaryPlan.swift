/// How a source answers windows best from summaries that it keeps.
public struct SummaryPlan: Hashable, Sendable {
    /// What is asked for.
    public let windows: WindowGrid
    /// What of each summary.
    public let fields: SummaryFields
    /// Which summaries: the name of a tier of the source.
    public let tier: String
    /// The stretch of time that one summary stands for.
    public let bucket: Milliseconds

    /// Creates a plan.
    public init(windows: WindowGrid, fields: SummaryFields, tier: String, bucket: Milliseconds) {
        self.windows = windows
        self.fields = fields
        self.tier = tier
        self.bucket = bucket
    }
}
