internal import Synchronization
public import Telemetry

/// A source that keeps what it found and read, for many queries over about the same stretch.
///
/// The rules of a minute ask for the last samples of each series some fifteen times, and a run over
/// history asks for nearly the same ones again at its next step; stored blocks are then read and
/// decoded once. What is kept is bounded; what does not fit is read each time. A selection may name
/// series that have samples near its range and none in it, as the protocol allows.
public struct KeptSource<Base: SeriesSource>: SeriesSource {
    /// Where samples come from.
    public let base: Base
    private let ahead: Milliseconds
    private let state = State()

    /// Most samples that are kept: 8 MiB.
    public static var capacity: Int { 512 << 10 }
    /// Most series that are kept in found selections, all together: some 4 MiB of labels.
    public static var selectedCapacity: Int { 10_000 }
    /// Longest stretch of a series that is kept: the rules of devices look back two days.
    public static var longestStretch: Milliseconds { .days(3) }

    /// Keeps what is read from another source.
    ///
    /// - Parameters:
    ///   - base: where samples come from.
    ///   - ahead: how much later samples are read at once than were asked for: zero for queries at
    ///     one time, some hours for a run over history.
    public init(_ base: Base, ahead: Milliseconds = .zero) {
        self.base = base
        self.ahead = ahead
    }

    /// The matchers of a selection; those with patterns are not kept.
    private struct Selection: Hashable {
        private struct Test: Hashable {
            let name: String
            let value: String
            let isEqual: Bool
        }

        private let tests: [Test]

        init?(_ matchers: [LabelMatcher]) {
            var tests: [Test] = []
            for matcher in matchers {
                switch matcher.test {
                case .equal(let value):
                    tests.append(Test(name: matcher.name, value: value, isEqual: true))
                case .notEqual(let value):
                    tests.append(Test(name: matcher.name, value: value, isEqual: false))
                case .matches, .matchesNot: return nil
                }
            }
            self.tests = tests
        }
    }

    private struct Found {
        var range: ClosedRange<Instant>
        var series: [SeriesReference]
    }

    private struct Stretch {
        var range: ClosedRange<Instant>
        var samples: SampleBuffer
    }

    private struct Kept {
        var stretches: [SeriesID: Stretch] = [:]
        var count = 0
        var found: [Selection: Found] = [:]
        var foundCount = 0
        /// Latest time that was asked for: queries at one time look back from it.
        var latest = Instant.distantPast
    }

    private final class State: Sendable {
        let kept = Mutex(Kept())
    }

    /// Finds the series of the base.
    public func select(
        _ matchers: [LabelMatcher],
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> [SeriesReference] {
        guard let selection = Selection(matchers) else {
            return try base.select(matchers, in: range)
        }
        let (known, wanted) = state.kept.withLock { kept in
            kept.latest = max(kept.latest, range.upperBound)
            let known = kept.found[selection]
            return (known, widened(range, known?.range, kept))
        }
        if let known, known.range.lowerBound <= range.lowerBound,
            known.range.upperBound >= range.upperBound
        {
            return known.series
        }
        let series = try base.select(matchers, in: wanted)
        state.kept.withLock { kept in
            let before = kept.found[selection]?.series.count ?? 0
            guard kept.foundCount - before + series.count <= Self.selectedCapacity else { return }
            kept.foundCount += series.count - before
            kept.found[selection] = Found(range: wanted, series: series)
        }
        return series
    }

    /// Reads samples from what is kept, or from the base.
    public func read(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError) {
        let wanted: ClosedRange<Instant>? = state.kept.withLock { kept in
            kept.latest = max(kept.latest, range.upperBound)
            guard let known = kept.stretches[series] else {
                return widened(range, nil, kept)
            }
            if known.range.lowerBound <= range.lowerBound,
                known.range.upperBound >= range.upperBound
            {
                buffer.replace(by: known.samples, in: range)
                return nil
            }
            return widened(range, known.range, kept)
        }
        guard let wanted else { return }
        guard wanted.upperBound - wanted.lowerBound <= Self.longestStretch + ahead else {
            return try base.read(series, in: range, into: &buffer)
        }
        var samples = SampleBuffer()
        try base.read(series, in: wanted, into: &samples)
        buffer.replace(by: samples, in: range)
        state.kept.withLock { kept in
            let before = kept.stretches[series]?.samples.count ?? 0
            guard kept.count - before + samples.count <= Self.capacity else { return }
            kept.count += samples.count - before
            kept.stretches[series] = Stretch(range: wanted, samples: samples)
        }
    }

    /// The range to read, so that the next queries find theirs in it too: as far back from the
    /// present as was asked before, and some time ahead.
    private func widened(
        _ range: ClosedRange<Instant>,
        _ known: ClosedRange<Instant>?,
        _ kept: Kept
    ) -> ClosedRange<Instant> {
        let upper = max(range.upperBound, kept.latest) + ahead
        var lower = range.lowerBound
        if let known {
            // What was kept reached `ahead` beyond the present of its own time.
            let reach = known.upperBound - ahead - known.lowerBound
            lower = min(lower, max(known.lowerBound, kept.latest - reach))
        }
        return lower...upper
    }

    /// Reads a stretch that can be kept like any, and a longer one as the base does.
    public func readLasts(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError) {
        if range.upperBound - range.lowerBound <= Self.longestStretch {
            try read(series, in: range, into: &buffer)
        } else {
            try base.readLasts(series, in: range, into: &buffer)
        }
    }

    /// What the base plans for windows that are each longer than what can be kept.
    ///
    /// Shorter ones are cut from the samples that are kept for all rules alike: to read summaries
    /// anew for each rule would cost more than it spares. Rules look at the latest days, whose
    /// samples are all there. How many windows there are makes no difference, so that a rule is
    /// answered from the same samples whether its evaluations are worked out one by one or many at
    /// once.
    public func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? {
        let isKept = Milliseconds(windows.length) <= Self.longestStretch
        return isKept ? nil : base.plan(windows, fields)
    }

    /// Gives what the base gives.
    public func summarize(
        _ series: SeriesID,
        _ plan: SummaryPlan,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        try base.summarize(series, plan, into: &buffer)
    }

    /// Finds names of labels of the base.
    public func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
        try base.labelNames(in: range)
    }

    /// Finds values of a label of the base.
    public func labelValues(
        of name: String,
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> [String] {
        try base.labelValues(of: name, in: range)
    }
}
