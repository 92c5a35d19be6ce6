public import Telemetry

/// The series and samples of a request of remote write.
///
/// Values and times are as they were sent: a missing value is 0, a missing time 1970. Labels are
/// judged here, times and room by whoever stores them.
public struct WriteRequest: Sendable {
    /// Series in the order of the request, each with which of the samples are its own; one may
    /// come more than once.
    public internal(set) var series: [LabelledSamples.Series] = []
    /// Samples of all series.
    public internal(set) var samples: [Sample] = []
    /// Series that cannot be taken, with all of their samples.
    public internal(set) var refusals = WriteRefusals()
    /// Samples of native histograms, which are not kept.
    public internal(set) var histogramCount = 0
    /// Exemplars, which are not kept.
    public internal(set) var exemplarCount = 0

    /// Most bytes of a request before and after unpacking; 50 000 samples take about 1 MB.
    public static let maximumPackedBytes = 16 << 20
    /// Most bytes of a message.
    public static let maximumBytes = 64 << 20
    /// Most samples of a request; 2 000 to 50 000 are usual.
    public static let maximumSamples = 1_000_000
    /// Bytes of a sample of a time of today and a value that is not 0.
    private static let usualSampleBytes = 18
    /// Most texts that labels of the second version refer to.
    public static let maximumSymbols = 1_000_000
    /// Most labels of a series, the metric name among them.
    public static let maximumLabels = 64
    /// Most bytes of a label's value; Prometheus sets no limit, the journal does.
    public static let maximumValueBytes = 4096

    /// Reads a packed request.
    ///
    /// - Parameters:
    ///   - block: The body, a snappy block.
    ///   - version: Which message it holds.
    /// - Throws: ``RemoteWriteError``; nothing of the request is taken then.
    public init(
        packed block: Span<UInt8>,
        version: RemoteWriteVersion
    ) throws(RemoteWriteError) {
        guard block.count <= Self.maximumPackedBytes else {
            throw .tooLarge(bytes: block.count, limit: Self.maximumPackedBytes)
        }
        let message = try SnappyBlock.unpack(block, limit: Self.maximumBytes)
        try self.init(message: message, version: version)
    }

    /// Reads an unpacked request.
    ///
    /// - Throws: ``RemoteWriteError/malformedMessage(_:)``.
    public init(
        message: [UInt8],
        version: RemoteWriteVersion
    ) throws(RemoteWriteError) {
        samples.reserveCapacity(min(message.count / Self.usualSampleBytes, Self.maximumSamples))
        switch version {
        case .first: try readFirst(message)
        case .second: try readSecond(message)
        }
    }

    init() {}

    /// Takes a sample.
    ///
    /// - Throws: ``RemoteWriteError/tooMany(_:limit:)``.
    mutating func add(_ sample: Sample) throws(RemoteWriteError) {
        guard samples.count < Self.maximumSamples else {
            throw .tooMany("samples", limit: Self.maximumSamples)
        }
        samples.append(sample)
    }

    /// Notes the end of a series whose samples begin at an index.
    mutating func end(_ labels: [Label], samplesFrom first: Int) {
        guard samples.count > first else { return }
        switch Self.judge(labels) {
        case nil:
            series.append(
                LabelledSamples.Series(
                    labels: Labels(alreadySorted: labels),
                    range: first..<samples.count
                )
            )
        case let reason?:
            refusals.add(reason, samples.count - first) { "\(Self.text(of: labels))" }
            samples.removeLast(samples.count - first)
        }
    }

    /// Why labels cannot be taken; nil when they can.
    private static func judge(_ labels: [Label]) -> WriteRefusals.Reason? {
        guard labels.count <= maximumLabels else { return .tooManyLabels }
        var hasMetric = false
        var previous = ""
        for label in labels {
            guard !label.name.isEmpty else { return .emptyLabelName }
            guard !label.value.isEmpty else { return .emptyLabelValue }
            guard label.value.utf8.count <= maximumValueBytes,
                label.name.utf8.count <= maximumValueBytes
            else { return .longLabel }
            // Names that differ in bytes alone are one name to those who compare them later.
            guard previous.isEmpty || precedes(previous, label.name) && previous != label.name
            else { return .unsortedLabels }
            previous = label.name
            if label.name == Labels.metricNameLabel { hasMetric = true }
        }
        return hasMetric ? nil : .noMetricName
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// The beginning of a name or value: 80 bytes at most, whatever its characters.
    static func shown(_ text: String) -> String {
        text.utf8.count <= 80 ? text : String(decoding: text.utf8.prefix(80), as: UTF8.self) + "…"
    }

    private static func text(of labels: [Label]) -> String {
        let first = labels.prefix(8).map { label in
            "\(shown(label.name))=\(Labels.quoted(shown(label.value)))"
        }
        return "{" + first.joined(separator: ",") + (labels.count > 8 ? ",…}" : "}")
    }
}
