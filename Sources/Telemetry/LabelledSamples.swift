/// Samples of some series; each series is named once, before its samples.
///
/// Takes 16 bytes a sample, and 24 a series beside its labels. A series may come more than once.
public struct LabelledSamples: Sendable {
    /// A series and which of the samples are its own.
    public struct Series: Sendable {
        /// Its labels, the metric name among them.
        public let labels: Labels
        /// Its samples, in ``LabelledSamples/samples``.
        public let range: Range<Int>

        /// Names which samples belong to a series.
        public init(labels: Labels, range: Range<Int>) {
            self.labels = labels
            self.range = range
        }
    }

    /// The series, in the order in which they came.
    public private(set) var series: [Series] = []
    /// The samples of all series, one series after the other; every bit pattern is kept.
    public private(set) var samples: [Sample] = []

    /// Creates an empty list.
    public init() {}

    /// Creates a list of samples that come each with its labels.
    public init(_ samples: some Sequence<(labels: Labels, sample: Sample)>) {
        for sample in samples { append(sample.labels, CollectionOfOne(sample.sample)) }
    }

    /// Whether there are no samples.
    public var isEmpty: Bool { samples.isEmpty }

    /// Makes room for so many samples in all.
    public mutating func reserveCapacity(_ sampleCount: Int) {
        samples.reserveCapacity(sampleCount)
    }

    /// Adds samples of a series; none adds nothing.
    public mutating func append(_ labels: Labels, _ added: some Sequence<Sample>) {
        let first = samples.count
        samples.append(contentsOf: added)
        guard samples.count > first else { return }
        series.append(Series(labels: labels, range: first..<samples.count))
    }

    /// Adds a sample of a series.
    public mutating func append(_ labels: Labels, _ sample: Sample) {
        append(labels, CollectionOfOne(sample))
    }
}
