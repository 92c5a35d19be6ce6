/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Milliseconds are what PromQL and the Prometheus API know; device times finer than that are
/// rounded half away from zero when they are read.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970 UTC; negative before.
    public var milliseconds: Int64

    /// Creates an instant from milliseconds since 1970 UTC.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Creates an instant from seconds since 1970 UTC, rounded to the nearest millisecond.
    ///
    /// Returns nil when the value is not finite or outside ±9.2e15 seconds.
    public init?(secondsSince1970 seconds: Double) {
        let rounded = (seconds * 1000).rounded()
        guard rounded.isFinite, let exact = Int64(exactly: rounded) else { return nil }
        milliseconds = exact
    }

    /// The earliest instant that can be written.
    public static let distantPast = Instant(milliseconds: .min)
    /// The latest instant that can be written.
    public static let distantFuture = Instant(milliseconds: .max)

    /// Seconds since 1970 UTC as a double.
    public var secondsSince1970: Double { Double(milliseconds) / 1000 }

    /// Compares by time.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The instant a span later; saturates at the ends of the range instead of trapping.
    public static func + (instant: Instant, span: Milliseconds) -> Instant {
        let (sum, overflow) = instant.milliseconds.addingReportingOverflow(span.count)
        if overflow { return span.count > 0 ? .distantFuture : .distantPast }
        return Instant(milliseconds: sum)
    }

    /// The instant a span earlier; saturates at the ends of the range instead of trapping.
    public static func - (instant: Instant, span: Milliseconds) -> Instant {
        let (sum, overflow) = instant.milliseconds.subtractingReportingOverflow(span.count)
        if overflow { return span.count > 0 ? .distantPast : .distantFuture }
        return Instant(milliseconds: sum)
    }

    /// The span from the right instant to the left one; saturates.
    public static func - (left: Instant, right: Instant) -> Milliseconds {
        let (span, overflow) = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
        if overflow { return Milliseconds(left > right ? .max : .min) }
        return Milliseconds(span)
    }
}
