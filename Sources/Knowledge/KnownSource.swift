public import Telemetry

/// Stored series with the computed ones laid beside them.
///
/// Computed series are known by numbers from 2^30 on: no store has so many series of its own.
public struct KnownSource<Base: SeriesSource>: SeriesSource {
    /// Where stored samples come from.
    public let base: Base
    /// What is known besides.
    public let known: KnownSeries
    /// Nothing is known of later times: the future is not.
    public let now: Instant

    /// Lays computed series beside stored ones.
    public init(_ base: Base, _ known: KnownSeries, now: Instant) {
        self.base = base
        self.known = known
        self.now = now
    }

    private static var firstID: UInt32 { 1 << 30 }

    /// Finds stored and computed series that pass every matcher.
    public func select(
        _ matchers: [LabelMatcher],
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> [SeriesReference] {
        var found = try base.select(matchers, in: range)
        guard range.lowerBound <= now else { return found }
        for index in known.candidates(for: matchers) {
            let labels = known.series[index].labels
            guard matchers.allSatisfy({ $0.accepts(labels) }),
                known.series[index].reaches(range)
            else { continue }
            found.append(
                SeriesReference(id: SeriesID(Self.firstID + UInt32(index)), labels: labels)
            )
        }
        return found
    }

    /// How often the device of a stored series reports, or the gateway gives a series of its own;
    /// what is worked out has a value each minute.
    public func reportingInterval(of series: SeriesReference) -> Milliseconds? {
        guard series.id.rawValue < Self.firstID else { return nil }
        if let device = series.labels["device"] { return known.intervals[device] }
        guard !known.ownIntervals.isEmpty else { return nil }
        return series.labels.metricName.flatMap { known.ownIntervals[$0] }
    }

    /// Reads a stored series, or works out a computed one at whole minutes.
    public func read(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError) {
        guard series.rawValue >= Self.firstID,
            Int(series.rawValue - Self.firstID) < known.series.count
        else {
            return try base.read(series, in: range, into: &buffer)
        }
        let computed = known.series[Int(series.rawValue - Self.firstID)]
        buffer.removeAll()
        let last = min(range.upperBound, now, computed.end - Milliseconds(1))
        guard range.lowerBound <= last else { return }
        let range = range.lowerBound...last
        guard let grid = ComputedSeries.grid(range, from: computed.start) else { return }
        let step = Int(ComputedSeries.step.count)
        switch computed.value {
        case .constant(let value):
            for time in stride(from: grid.lowerBound, through: grid.upperBound, by: step) {
                buffer.append(milliseconds: time, value: value)
            }
        case .function(let value):
            for time in stride(from: grid.lowerBound, through: grid.upperBound, by: step) {
                guard let value = value(Instant(milliseconds: time)) else { continue }
                buffer.append(milliseconds: time, value: value)
            }
        case .heartbeat(let heartbeat):
            try read(heartbeat, grid, into: &buffer)
        }
    }

    /// The last sample of a stored series, or of a computed one.
    public func last(
        _ series: SeriesID,
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> Sample? {
        if series.rawValue < Self.firstID { return try base.last(series, in: range) }
        var buffer = SampleBuffer()
        try read(series, in: range, into: &buffer)
        return buffer.isEmpty ? nil : buffer[buffer.count - 1]
    }

    /// Reads a stored series, also where only summaries are left, or works out a computed one.
    public func readLasts(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError) {
        if series.rawValue < Self.firstID {
            try base.readLasts(series, in: range, into: &buffer)
        } else {
            try read(series, in: range, into: &buffer)
        }
    }

    /// How stored series are best answered; computed ones then give each of their samples.
    public func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? {
        base.plan(windows, fields)
    }

    /// Gives a stored series as its base does, and a computed one sample by sample.
    public func summarize(
        _ series: SeriesID,
        _ plan: SummaryPlan,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        if series.rawValue < Self.firstID {
            try base.summarize(series, plan, into: &buffer)
        } else {
            try copySamples(of: series, plan, into: &buffer)
        }
    }

    /// Finds names of labels of both.
    public func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
        let own = known.series.flatMap { $0.labels.sorted.map(\.name) }
        return Self.sorted(Set(try base.labelNames(in: range)).union(own))
    }

    /// Finds values of a label of both.
    public func labelValues(
        of name: String,
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> [String] {
        let own = known.series.compactMap { $0.labels[name] }
        return Self.sorted(Set(try base.labelValues(of: name, in: range)).union(own))
    }

    private static func sorted(_ texts: Set<String>) -> [String] {
        texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    // MARK: Heartbeats

    /// How far back the last message before a range is looked for, one after the other.
    private static var reaches: [Milliseconds] { [.hours(2), .days(2), .days(40), .days(4_000)] }

    private func read(
        _ heartbeat: Heartbeat,
        _ grid: ClosedRange<Int64>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError) {
        let beats = try self.beats(try storedSeries(of: heartbeat), grid)
        var next = 0
        let step = Int(ComputedSeries.step.count)
        for time in stride(from: grid.lowerBound, through: grid.upperBound, by: step) {
            while next < beats.count, beats[next] <= time { next += 1 }
            guard next > 0 else { continue }
            let spoke = beats[next - 1]
            switch heartbeat.content {
            case .lastMessage:
                buffer.append(milliseconds: time, value: Double(spoke) / 1000)
            case .isUp(let limit):
                buffer.append(milliseconds: time, value: time - spoke <= limit.count ? 1 : 0)
            }
        }
    }

    /// Times of the messages in the grid's range and of the last one before it.
    ///
    /// No further back than needed for one of the series: a device that was moved is not looked up
    /// in the years at its old place.
    private func beats(
        _ stored: [SeriesID],
        _ grid: ClosedRange<Int64>
    ) throws(SeriesSourceError) -> [Int64] {
        let first = Instant(milliseconds: grid.lowerBound)
        let last = Instant(milliseconds: grid.upperBound)
        var beats: [Int64] = []
        var samples = SampleBuffer()
        for reach in Self.reaches where !stored.isEmpty {
            beats.removeAll(keepingCapacity: true)
            for series in stored {
                try base.read(series, in: (first - reach)...last, into: &samples)
                let isSecond = !beats.isEmpty && !samples.isEmpty
                beats += samples.unmarkedTimes
                if isSecond { beats.sort() }
            }
            if let earliest = beats.first, earliest <= grid.lowerBound { break }
        }
        return beats
    }

    /// The device's stored series: the one that its messages go to now, and those of before, when
    /// it had another place.
    private func storedSeries(of heartbeat: Heartbeat) throws(SeriesSourceError) -> [SeriesID] {
        if let known = known.stored.ids(of: heartbeat.current) { return known }
        let matchers = heartbeat.source.sorted.map { LabelMatcher($0.name, .equal($0.value)) }
        let found = try base.select(matchers, in: .distantPast ... .distantFuture)
        let ids = found.map(\.id)
        // Until the device speaks from its present place one more series is to come.
        if found.contains(where: { $0.labels == heartbeat.current }) {
            known.stored.note(heartbeat.current, ids)
        }
        return ids
    }
}
