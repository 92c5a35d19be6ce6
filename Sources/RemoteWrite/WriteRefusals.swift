/// What of a request is not taken, counted by reason, with one example of each.
public struct WriteRefusals: Sendable {
    /// Why a series or a sample is not taken.
    public enum Reason: String, CaseIterable, Sendable {
        /// A series has no label `__name__`.
        case noMetricName = "no_metric_name"
        /// A label has no name.
        case emptyLabelName = "empty_label_name"
        /// A label has no value.
        case emptyLabelValue = "empty_label_value"
        /// Labels are not in rising order of their names, or one comes twice.
        case unsortedLabels = "unsorted_labels"
        /// There are more than ``WriteRequest/maximumLabels``.
        case tooManyLabels = "too_many_labels"
        /// A name or value is longer than ``WriteRequest/maximumValueBytes``.
        case longLabel = "long_label"
        /// The series is one that the gateway itself makes.
        case reservedSeries = "reserved_series"
        /// The series is new and the store has as many as it may.
        case seriesLimit = "series_limit"
        /// The sample is before what the store keeps.
        case tooOld = "too_old"
        /// The sample is too far in the future: the sender's clock is ahead.
        case future = "future"
        /// Native histograms are not kept.
        case histogram = "histogram"

        /// What is wrong, and what to do.
        var words: String {
            switch self {
            case .noMetricName: "a series without __name__"
            case .emptyLabelName: "a label without a name"
            case .emptyLabelValue: "a label without a value, which is to be left out"
            case .unsortedLabels: "labels that are not sorted by name, or one of them twice"
            case .tooManyLabels: "more than \(WriteRequest.maximumLabels) labels"
            case .longLabel: "a label of more than \(WriteRequest.maximumValueBytes) bytes"
            case .reservedSeries: "a series that the gateway makes by itself; rename it"
            case .seriesLimit:
                "a new series where the store has as many as it may; raise store.maximum_series"
            case .tooOld: "a sample before what the store keeps"
            case .future: "a sample of the future; set the sender's clock right"
            case .histogram: "native histograms, which are not kept; send classic ones"
            }
        }
    }

    /// Samples that are not taken, by reason.
    public private(set) var counts: [Reason: Int] = [:]
    private var examples: [Reason: String] = [:]

    /// Creates an empty account.
    public init() {}

    /// Whether everything is taken.
    public var isEmpty: Bool { counts.isEmpty }

    /// How many samples are not taken.
    public var sampleCount: Int { counts.values.reduce(0, +) }

    /// Notes samples that are not taken.
    ///
    /// - Parameters:
    ///   - reason: Why.
    ///   - count: How many; none still notes the reason.
    ///   - example: Names the series, asked for the first time only.
    public mutating func add(_ reason: Reason, _ count: Int, _ example: () -> String) {
        counts[reason, default: 0] += count
        if examples[reason] == nil { examples[reason] = example() }
    }

    /// Notes all that another account has.
    public mutating func add(_ others: WriteRefusals) {
        for (reason, count) in others.counts {
            add(reason, count) { others.examples[reason] ?? "" }
        }
    }

    /// A sentence for the sender.
    public var sentence: String {
        let parts = Reason.allCases.compactMap { reason in
            counts[reason].map { count in
                "\(count) samples of \(reason.words), as \(examples[reason] ?? "")"
            }
        }
        return "not taken: " + parts.joined(separator: "; ")
    }
}
