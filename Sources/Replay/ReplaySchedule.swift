public import Telemetry

/// Says how long to wait before each message of a recording; the caller waits, on its own clock.
///
/// The first message is due at the start. A message that is not later than those before is due at
/// once, so that files out of order play on. Waits are counted from the start, not from the message
/// before: time lost in publishing is made up. Gaps are played at full length, one of 45 days at a
/// thousandfold pace in 65 minutes, unless a longest wait is given; what lies behind a gap that was
/// cut short moves up.
///
/// ```swift
/// var schedule = ReplaySchedule(pace: .times(60), first: first.time, longestWait: .seconds(10))
/// let elapsed = start.duration(to: clock.now)
/// try await clock.sleep(for: schedule.wait(before: message.time, elapsed: elapsed))
/// ```
public struct ReplaySchedule: Sendable {
    private let pace: ReplayPace
    private let longestWait: Duration?
    private var latest: Instant
    private var due = Duration.zero

    /// Creates a schedule.
    ///
    /// - Parameters:
    ///   - pace: how fast.
    ///   - first: time of the first message.
    ///   - longestWait: how long a gap may last at most when played; nil for no end.
    /// - Precondition: a factor lies in ``ReplayPace/factors``.
    public init(pace: ReplayPace, first: Instant, longestWait: Duration? = nil) {
        if case .times(let factor) = pace {
            let isInRange = ReplayPace.factors.contains(factor)
            precondition(isInRange, "no replay is \(factor) times as fast")
        }
        self.pace = pace
        self.longestWait = longestWait
        latest = first
    }

    /// Says how long to wait before a message; call it once for each, in their order.
    ///
    /// - Parameters:
    ///   - time: the message's time.
    ///   - elapsed: how long the replay has been running on the caller's clock.
    /// - Returns: the wait, never negative.
    public mutating func wait(before time: Instant, elapsed: Duration) -> Duration {
        let factor: Double
        switch pace {
        case .unpaced: return .zero
        case .recorded: factor = 1
        case .times(let times): factor = times
        }
        if time > latest {
            let gap = Duration.milliseconds((time - latest).count)
            let played = factor == 1 ? gap : gap / factor
            due += longestWait.map { min(played, $0) } ?? played
            latest = time
        }
        return max(.zero, due - elapsed)
    }
}
