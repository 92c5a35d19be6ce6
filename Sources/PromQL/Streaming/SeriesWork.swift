internal import Telemetry

/// The work arrays of one thread that reads series, and what it has read.
struct SeriesWork: Sendable {
    let source: any SeriesSource
    let budget: QueryBudget
    private(set) var samples = SampleBuffer()
    private(set) var pieces = SummaryBuffer()
    /// What has been read so far.
    private(set) var report = QueryReport()
    private var speaker: WindowNoticeSpeaker?

    /// Prepares to read.
    ///
    /// - Parameters:
    ///   - source: What is read.
    ///   - budget: That of the query.
    ///   - notice: What there is to say of each series.
    init(_ source: any SeriesSource, _ budget: QueryBudget, notice: WindowNotice? = nil) {
        self.source = source
        self.budget = budget
        speaker = notice.map(WindowNoticeSpeaker.init)
    }

    /// Notes what there is to say of the values of a series.
    ///
    /// - Throws: ``QueryError`` of kind canceled or timeout.
    mutating func note(_ column: Column, _ labels: Labels) throws(QueryError) {
        guard let said = speaker?.speak(of: column, labels, to: &report.annotations) else { return }
        try budget.spend(said)
    }

    /// Replaces ``samples`` by those of a series.
    ///
    /// - Parameters:
    ///   - series: Which one.
    ///   - range: Both ends included.
    ///   - looksBack: Whether only the last sample before a time counts, so that the last one of a
    ///     summary stands for all where samples are gone.
    ///   - goesOn: Whether the series was read before for the same values.
    /// - Throws: ``QueryError`` of kind limit, storage, canceled or timeout.
    mutating func read(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        looksBack: Bool = false,
        goesOn: Bool = false
    ) throws(QueryError) {
        do {
            if looksBack {
                try source.readLasts(series, in: range, into: &samples)
            } else {
                try source.read(series, in: range, into: &samples)
            }
        } catch {
            throw QueryError(.storage, error.description)
        }
        var tier = QueryReport.Tier(name: QueryReport.raw)
        tier.add(samples)
        if goesOn { tier.series = 0 }
        report.add(tier)
        try budget.read(samples.count)
    }

    /// The last sample of a series in a range, unless it marks the series' end.
    ///
    /// - Throws: ``QueryError`` of kind limit, storage, canceled or timeout.
    mutating func last(
        _ series: SeriesID,
        in range: ClosedRange<Instant>
    ) throws(QueryError) -> Sample? {
        let found: Sample?
        do {
            found = try source.last(series, in: range)
        } catch {
            throw QueryError(.storage, error.description)
        }
        var tier = QueryReport.Tier(name: QueryReport.raw)
        tier.series = 1
        tier.samples = 1
        report.add(tier)
        try budget.read(1)
        return found.flatMap { $0.value.bitPattern == Sample.staleMarkerBits ? nil : $0 }
    }

    /// Replaces ``pieces`` by what a series' windows are put together from.
    ///
    /// - Throws: ``QueryError`` of kind limit, storage, canceled or timeout.
    mutating func summarize(_ series: SeriesID, _ plan: SummaryPlan) throws(QueryError) {
        do {
            try source.summarize(series, plan, into: &pieces)
        } catch {
            throw QueryError(.storage, error.description)
        }
        var tier = QueryReport.Tier(name: plan.tier)
        tier.add(pieces)
        report.add(tier)
        try budget.read(pieces.count)
    }
}
