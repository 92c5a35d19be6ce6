public import Telemetry

/// How deliveries are repeated, and how many wait at most.
public struct DeliverySettings: Codable, Hashable, Sendable {
    /// Pause after the first failure.
    public var firstPauseMilliseconds: Int64 = 5_000
    /// Longest pause; each failure doubles the pause up to it.
    public var longestPauseMilliseconds: Int64 = 300_000
    /// Share by which a pause is lengthened at random, so that receivers are not met in step.
    public var jitterRatio = 0.2
    /// How long a notification is tried before it is given up.
    public var maximumAgeMilliseconds: Int64 = 86_400_000
    /// How many notifications may wait for one receiver; the oldest gives way.
    public var queueLength = 1_000
    /// How many delivered notifications are remembered for each receiver, to know repeats.
    public var memoryLength = 1_000

    /// Creates settings as they are by default.
    public init() {}

    /// The pause before an attempt.
    ///
    /// - Parameters:
    ///   - failures: how many attempts have failed, 1 or more.
    ///   - chance: a number in 0..<1 that decides the jitter.
    /// - Returns: the time to wait.
    public func pause(afterFailures failures: Int, chance: Double) -> Milliseconds {
        // Twenty doublings of a millisecond are past any longest pause that makes sense.
        let doublings = min(max(failures - 1, 0), 20)
        let (grown, overflow) = firstPauseMilliseconds.multipliedReportingOverflow(
            by: 1 << Int64(doublings)
        )
        let pause = overflow ? longestPauseMilliseconds : min(grown, longestPauseMilliseconds)
        return Milliseconds(pause + Int64(Double(pause) * jitterRatio * chance))
    }

    /// Longest pause with its jitter.
    var longestPause: Milliseconds {
        Milliseconds(
            longestPauseMilliseconds + Int64(Double(longestPauseMilliseconds) * jitterRatio)
        )
    }
}
