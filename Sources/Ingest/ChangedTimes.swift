public import Telemetry

/// Which times of measurement changed, for rules that have judged them already.
///
/// Rules are judged again from some time on; what changed before it must not hide whether anything
/// changed after it, so the earliest of both is kept.
public struct ChangedTimes: Hashable, Sendable {
    /// From this time on rules are judged again.
    public let start: Instant
    /// The earliest time that changed from ``start`` on; nil when none did.
    public private(set) var earliest: Instant?
    /// The earliest time that changed before ``start``; nil when none did.
    public private(set) var earliestBefore: Instant?

    /// Creates it of no time.
    public init(since start: Instant) {
        self.start = start
    }

    /// Adds a time.
    public mutating func note(_ time: Instant) {
        if time >= start {
            earliest = min(earliest ?? time, time)
        } else {
            earliestBefore = min(earliestBefore ?? time, time)
        }
    }
}
