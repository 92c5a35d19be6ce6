internal import Telemetry

/// How a series is read for windows that go forward: in pieces of about as many samples as may be
/// held at once, each for the windows of some steps.
///
/// What the windows on both sides of a cut share is read with both pieces. A piece reaches at least
/// as far as a window is long, so each sample is read about twice at the most, however many windows
/// it lies in; a window that is longer than a piece is read whole.
struct SeriesPieces {
    /// Milliseconds between samples that the first piece reckons with: few report more often.
    ///
    /// It makes pieces of a week: what a source has for long stretches serves them too.
    private static let likelyInterval: Int64 = 10_000
    /// By how much a piece may reach further than the one before it: devices come to report often.
    private static let growth = 16.0

    private let ends: [Int64]
    private let length: Int64
    private let atOnce: Int
    /// How far apart the ends of a piece's windows may be.
    private var span: Int64
    /// The steps of the last piece.
    private var steps = 0..<0

    /// Prepares to cut windows.
    ///
    /// - Parameters:
    ///   - ends: Where they end, in milliseconds; none lies before the one before it.
    ///   - length: How long each is; it is open where it begins.
    ///   - atOnce: How many samples may be held at once.
    init(_ ends: [Int64], length: Int64, atOnce: Int) {
        self.ends = ends
        self.length = length
        self.atOnce = atOnce
        span = max(length, Int64(atOnce) * Self.likelyInterval)
    }

    /// How many windows there are.
    var stepCount: Int { ends.count }

    /// The steps of the next piece and the times of its samples; nil behind the last one.
    mutating func next() -> (steps: Range<Int>, times: ClosedRange<Instant>)? {
        let first = steps.upperBound
        guard first < ends.count else { return nil }
        var end = first + 1
        while end < ends.count, ends[end] - ends[first] <= span { end += 1 }
        steps = first..<end
        let start = Instant(milliseconds: ends[first] - length + 1)
        return (steps, start...Instant(milliseconds: ends[end - 1]))
    }

    /// Takes in how many samples the last piece held: how far the next one may reach.
    mutating func note(_ count: Int) {
        let covered = Double(ends[steps.upperBound - 1] - ends[steps.lowerBound] + length)
        let fitting = covered / Double(max(1, count)) * Double(atOnce) - Double(length)
        // A window may be as long as all times that can be evaluated, and no span is longer.
        let most = Double(Grid.limits.upperBound)
        span = max(length, Int64(min(fitting, covered * Self.growth, most)))
    }
}

extension SeriesWork {
    /// The values of a series at steps, worked out piece by piece; nil when it has no sample.
    ///
    /// - Throws: ``QueryError`` of kind limit, storage, canceled or timeout.
    mutating func column(
        of series: SeriesID,
        _ pieces: SeriesPieces,
        looksBack: Bool = false,
        _ values: (Range<Int>, SampleBuffer, QueryBudget) throws(QueryError) -> Column
    ) throws(QueryError) -> Column? {
        var pieces = pieces
        var column: Column?
        while let (steps, times) = pieces.next() {
            let goesOn = steps.lowerBound > 0
            try read(series, in: times, looksBack: looksBack, goesOn: goesOn)
            pieces.note(samples.count)
            if samples.isEmpty { continue }
            let part = try values(steps, samples, budget)
            if steps.count == pieces.stepCount { return part }
            if column == nil { column = Column(count: pieces.stepCount) }
            column?.replace(steps, by: part)
        }
        return column
    }
}
