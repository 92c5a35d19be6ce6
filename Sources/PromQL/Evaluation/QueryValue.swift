public import Telemetry

/// What an instant query gives.
public enum QueryValue: Sendable {
    /// One number at the time asked for.
    case scalar(Sample)
    /// One text at the time asked for.
    case string(String, Instant)
    /// One sample of each series.
    case vector([VectorElement])
    /// A range of samples of each series.
    case matrix([RangeSeries])
}

/// One series' sample in an instant vector.
public struct VectorElement: Hashable, Sendable {
    /// The series.
    public var labels: Labels
    /// Its time and value.
    public var sample: Sample

    /// Creates an element.
    public init(labels: Labels, sample: Sample) {
        self.labels = labels
        self.sample = sample
    }
}

/// One series' samples in a range vector or over a range query.
public struct RangeSeries: Hashable, Sendable {
    /// The series.
    public var labels: Labels
    /// Its samples in rising time.
    public var samples: [Sample]

    /// Creates a series.
    public init(labels: Labels, samples: [Sample]) {
        self.labels = labels
        self.samples = samples
    }
}
