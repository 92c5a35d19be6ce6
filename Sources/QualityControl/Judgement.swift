public import Telemetry

/// What the checks say of a reading, and of readings before it.
public struct Judgement: Hashable, Sendable {
    /// Why the reading is trusted less; nil when nothing was found.
    public var reason: QualityReason?
    /// Where a rest began that was found too long just now: that reading has the mark as well.
    public var restBegan: Instant?
    /// The reading before the last that turned out to be a spike, in the quantity's unit.
    public var firstSpike: Sample?
    /// The second one of the spike.
    public var secondSpike: Sample?

    /// Nothing was found.
    public static let accepted = Judgement()

    /// Creates a judgement.
    public init(reason: QualityReason? = nil) {
        self.reason = reason
    }
}
