internal import Telemetry

/// Which metrics and labels have the most series: what to look at when there are too many.
///
/// - Source: Prometheus 3, "HTTP API", "TSDB Stats"; names of members as there.
struct CardinalityReport: Encodable {
    /// Entries of each list when nothing else is asked for.
    static let standardLimit = 10
    /// Most entries of each list.
    static let mostEntries = 10_000

    struct Head: Encodable {
        let numSeries: Int
        let numLabelPairs: Int
        let chunkCount: Int
        let minTime: Int64
        let maxTime: Int64
    }

    struct Entry: Encodable {
        let name: String
        let value: Int
    }

    let headStats: Head
    let seriesCountByMetricName: [Entry]
    let labelValueCountByLabelName: [Entry]
    let memoryInBytesByLabelName: [Entry]
    let seriesCountByLabelValuePair: [Entry]

    /// Counts the series of a source.
    ///
    /// - Parameters:
    ///   - source: Its series are listed, not read.
    ///   - figures: What the store says of itself.
    ///   - limit: Most entries of each list, the largest first.
    /// - Throws: `SeriesSourceError` when the source cannot be read.
    init(
        of source: some SeriesSource,
        _ figures: StoreFigures,
        limit: Int
    ) throws(SeriesSourceError) {
        let all = try source.select(
            [LabelMatcher(Labels.metricNameLabel, .notEqual(""))],
            in: .distantPast ... .distantFuture
        )
        var metrics: [String: Int] = [:]
        var pairs: [Label: Int] = [:]
        for series in all {
            metrics[series.labels.metricName ?? "", default: 0] += 1
            for label in series.labels.sorted { pairs[label, default: 0] += 1 }
        }
        var values: [String: Int] = [:]
        var bytes: [String: Int] = [:]
        for (label, count) in pairs {
            values[label.name, default: 0] += 1
            bytes[label.name, default: 0] += label.value.utf8.count * count
        }
        headStats = Head(
            numSeries: all.count,
            numLabelPairs: pairs.count,
            chunkCount: figures.runs,
            // Where there is nothing the least time is the greatest, as in Prometheus.
            minTime: (figures.oldest ?? .distantFuture).milliseconds,
            maxTime: (figures.newest ?? .distantPast).milliseconds
        )
        seriesCountByMetricName = Self.largest(metrics, limit)
        labelValueCountByLabelName = Self.largest(values, limit)
        memoryInBytesByLabelName = Self.largest(bytes, limit)
        let named = pairs.map { ("\($0.key.name)=\($0.key.value)", $0.value) }
        seriesCountByLabelValuePair = Self.largest(
            Dictionary(named, uniquingKeysWith: +),
            limit
        )
    }

    private static func largest(_ counts: [String: Int], _ limit: Int) -> [Entry] {
        counts.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
            .prefix(limit)
            .map { Entry(name: $0.key, value: $0.value) }
    }
}
