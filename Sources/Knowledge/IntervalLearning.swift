public import Telemetry

/// How often a device reports, as the gaps between its own messages show.
///
/// The interval is the 95th percentile of the gaps, by nearest rank: messages that radio lost make
/// some gaps twice or three times as long, and of two messages that belong to one report the short
/// gap between them does not count. Fewer than 20 gaps teach nothing, as of these one in twenty is
/// none. An interval that was learned stays until the gaps say another one by more than a quarter,
/// so that alarms that go by it do not begin to move with each lost message.
///
/// - Source: alarms-and-kpis.md of the domain rules, G1: "else learned as the 95th percentile of
///   its own gaps".
public enum IntervalLearning {
    /// Fewest gaps that teach anything.
    public static let minimumGaps = 20
    /// Gaps with which nobody looks further back.
    public static let enoughGaps = 200
    /// How far back messages are looked at, one after the other until there are enough: of the last
    /// 40 days at most, which is enough for a device that reports once a day.
    public static let reaches: [Milliseconds] = [.hours(6), .days(2), .days(10), .days(40)]
    /// Intervals that can be learned: what reports more often is no device in a field.
    public static let range = Milliseconds.seconds(10)...Milliseconds.days(40)

    /// The interval that times of messages show; nil when they are too few.
    ///
    /// - Parameter times: in any order; equal ones count once.
    /// - Returns: whole seconds, rounded up, within ``range``.
    public static func interval(of times: [Instant]) -> Milliseconds? {
        let times = times.sorted()
        var gaps = zip(times.dropFirst(), times).map { $0 - $1 }.filter { $0 > .zero }
        guard gaps.count >= minimumGaps else { return nil }
        gaps.sort()
        let rank = (gaps.count * 95 + 99) / 100
        let seconds = (gaps[rank - 1].count + 999) / 1000
        return min(max(.seconds(seconds), range.lowerBound), range.upperBound)
    }

    /// Whether a learned interval is to take the place of the one that was learned before.
    public static func replaces(_ fresh: Milliseconds, _ held: Milliseconds?) -> Bool {
        guard let held else { return true }
        return fresh.count * 4 > held.count * 5 || fresh.count * 5 < held.count * 4
    }

    /// The interval of a device, from the stored series of its messages.
    ///
    /// - Parameters:
    ///   - series: all that have a sample for each message of the device.
    ///   - source: where they are stored.
    ///   - start: what the device's box of before said is left out.
    ///   - now: up to when.
    /// - Throws: what the source cannot read.
    /// - Returns: as ``interval(of:)``.
    public static func interval(
        of series: [SeriesID],
        in source: some SeriesSource,
        since start: Instant = .distantPast,
        at now: Instant
    ) throws(SeriesSourceError) -> Milliseconds? {
        var buffer = SampleBuffer()
        var times: [Instant] = []
        for reach in reaches {
            times.removeAll(keepingCapacity: true)
            for series in series {
                let first = min(max(now - reach, start), now)
                try source.read(series, in: first...now, into: &buffer)
                times += buffer.unmarkedTimes.map { Instant(milliseconds: $0) }
            }
            if times.count > enoughGaps { break }
        }
        return interval(of: times)
    }
}
