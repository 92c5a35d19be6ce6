/// A number that stands for a series inside one source.
public struct SeriesID: Hashable, Comparable, Sendable {
    /// The number.
    public let rawValue: UInt32

    /// Creates an identity from its number.
    public init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Compares by number.
    public static func < (left: SeriesID, right: SeriesID) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A series that a selection found.
public struct SeriesReference: Hashable, Sendable {
    /// Its identity in the source that gave it.
    public let id: SeriesID
    /// Its labels, the metric name among them.
    public let labels: Labels

    /// Creates a reference.
    public init(id: SeriesID, labels: Labels) {
        self.id = id
        self.labels = labels
    }
}

/// What a query reads: an immutable view of series and their samples.
///
/// A source never changes while it is held; a newer state is another source. All calls may come
/// from several threads at once.
public protocol SeriesSource: Sendable {
    /// Finds the series that pass every matcher and may have samples in the range, both ends
    /// included.
    ///
    /// Order is not promised; a series is given once.
    /// - Throws: ``SeriesSourceError`` when the source cannot be read.
    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [SeriesReference]

    /// Replaces a buffer's content by a series' samples in a range, both ends included, in rising
    /// time.
    ///
    /// - Throws: ``SeriesSourceError`` when the source cannot be read.
    func read(_ series: SeriesID, in range: ClosedRange<Instant>, into buffer: inout SampleBuffer)
        throws(SeriesSourceError)

    /// The last sample of a series in a range, both ends included; nil when there is none.
    ///
    /// - Throws: ``SeriesSourceError`` when the source cannot be read.
    func last(_ series: SeriesID, in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> Sample?

    /// Replaces a buffer's content by samples of a series for whoever looks back from a time for
    /// the last one: where a source keeps only summaries, the last sample of each bucket stands
    /// for all; else as ``read(_:in:into:)``.
    ///
    /// - Throws: ``SeriesSourceError`` when the source cannot be read.
    func readLasts(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError)

    /// How often the device of a series is expected to report: how long, as a rule, its last sample
    /// is the present value; nil when nothing is known.
    func reportingInterval(of series: SeriesReference) -> Milliseconds?

    /// How windows are answered from summaries; nil when the samples themselves are no dearer, or
    /// there are no summaries.
    func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan?

    /// Replaces a buffer's content by what a series' windows are put together from.
    ///
    /// - Throws: ``SeriesSourceError`` when the source cannot be read.
    func summarize(
        _ series: SeriesID,
        _ plan: SummaryPlan,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError)

    /// Finds all names of labels in use by series that may have samples in the range; sorted.
    func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String]

    /// Finds all values of a label in use by series that may have samples in the range; sorted.
    func labelValues(of name: String, in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [String]
}

extension SeriesSource {
    /// Reads the whole range for its last sample; a source that keeps last samples knows better.
    public func last(
        _ series: SeriesID,
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> Sample? {
        var buffer = SampleBuffer()
        try read(series, in: range, into: &buffer)
        return buffer.isEmpty ? nil : buffer[buffer.count - 1]
    }

    /// Reads all samples.
    public func readLasts(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError) {
        try read(series, in: range, into: &buffer)
    }

    /// Knows of no devices.
    public func reportingInterval(of series: SeriesReference) -> Milliseconds? { nil }

    /// Knows of no summaries.
    public func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? { nil }

    /// Gives all samples as they are.
    public func summarize(
        _ series: SeriesID,
        _ plan: SummaryPlan,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        try copySamples(of: series, plan, into: &buffer)
    }

    /// Answers a plan with all samples as they are: for a series that has no summaries in a source
    /// that keeps some of others.
    public func copySamples(
        of series: SeriesID,
        _ plan: SummaryPlan,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        buffer.removeAll(plan.fields)
        var samples = SampleBuffer()
        let times = plan.windows.times
        let first = Instant(milliseconds: times.lowerBound)
        try read(series, in: first...Instant(milliseconds: times.upperBound), into: &samples)
        buffer.append(samples)
    }
}

/// Why a source could not be read.
public enum SeriesSourceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stored bytes failed their check; the text says where.
    case damaged(String)
    /// The medium refused; the text says what was attempted and why it failed.
    case unreadable(String)

    /// What was attempted, on what, and why it failed.
    public var description: String {
        switch self {
        case .damaged(let text): "stored samples are damaged: \(text)"
        case .unreadable(let text): "cannot read stored samples: \(text)"
        }
    }
}
