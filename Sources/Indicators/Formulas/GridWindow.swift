internal import Telemetry

/// A window with the grid of points at which states are looked at.
///
/// Points lie at whole multiples of the step since 1970, as those of a PromQL subquery do; the
/// window is open at its start and closed at its end.
struct GridWindow: Hashable, Sendable {
    let end: Instant
    let length: Milliseconds
    let step: Milliseconds

    init(end: Instant, _ parameters: GridParameters) {
        self.end = end
        length = parameters.window
        step = Milliseconds(max(parameters.step.count, 1))
    }

    /// The window with both ends.
    var range: ClosedRange<Instant> { (end - length)...max(end, end - length) }

    /// The first point after the window's start.
    var firstPoint: Instant {
        let start = (end - length).milliseconds
        return Instant(milliseconds: (Self.floorDivide(start, step.count) + 1) * step.count)
    }

    /// The last point that is not after the window's end.
    var lastPoint: Instant {
        Instant(milliseconds: Self.floorDivide(end.milliseconds, step.count) * step.count)
    }

    /// How many points lie in the window.
    var pointCount: Int {
        max(Int((lastPoint - firstPoint).count / step.count) + 1, 0)
    }

    /// The window and step as a subquery's brackets, as `[30d:15m]`.
    var subquery: String { "[\(QueryText.duration(length)):\(QueryText.duration(step))]" }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}
