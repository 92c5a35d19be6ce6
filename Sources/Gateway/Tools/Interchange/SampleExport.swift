internal import ConfigurationText
internal import PromQL
internal import RingStore
public import Telemetry

/// What `langso store export` wrote.
public struct SampleExport: Codable, Sendable {
    /// The file, or nil for standard output.
    public var file: String?
    /// How it is written.
    public var format: SampleFormat
    /// Series that were written.
    public var series = 0
    /// Samples that were written.
    public var samples = 0
    /// Markers of a series' end, which the format has no word for.
    public var staleMarkersLeftOut = 0
    /// Series whose names the format does not allow.
    public var seriesLeftOut = 0
    /// Some of those.
    public var examplesLeftOut: [String] = []
    /// Records of the journal that the store had not taken yet: their samples were not written.
    public var newerRecords = 0

    private static let exampleCount = 20

    /// Writes samples of a stopped gateway's store as text.
    ///
    /// Costs the memory of one series in one stretch of time, and that of the labels, whatever the
    /// size of the store.
    ///
    /// - Parameters:
    ///   - dataFolder: where the store lies.
    ///   - selector: which series, as PromQL selects them; nil for all.
    ///   - range: which times, both ends included.
    ///   - format: how they are written.
    ///   - output: path of a file, which is replaced; nil for standard output.
    ///   - progress: is told of the share that is done, 0 to 1.
    /// - Throws: `StoreError`, `QueryError` for the selector, `SeriesSourceError` for damage, or
    ///   ``GatewayError``; each says what to do.
    public init(
        dataFolder: String,
        selector: String? = nil,
        range: ClosedRange<Instant> = .distantPast ... .distantFuture,
        format: SampleFormat,
        output: String? = nil,
        progress: (Double) -> Void = { _ in }
    ) throws {
        file = output
        self.format = format
        let matchers = try selector.map { try PromQLParser.parseSelector($0) } ?? []
        let snapshot = try StoreTool.explaining(dataFolder) {
            try StoreSnapshot.open(folder: dataFolder)
        }
        let unreadable = snapshot.unreadableSampleCount(in: range)
        guard unreadable == 0 else {
            throw SeriesSourceError.damaged(
                "\(unreadable) samples lie in runs whose index does not pass its check; langso "
                    + "store verify says where: restore it from a copy, or choose other times"
            )
        }
        newerRecords = try StoreTool.newerRecords(dataFolder, after: snapshot.journalPosition)
        // Metric by metric, and in one series after the other, as OpenMetrics wants it.
        let selected = try snapshot.select(matchers, in: range).sorted { left, right in
            let names = (left.labels.metricName ?? "", right.labels.metricName ?? "")
            return names.0 == names.1
                ? left.labels < right.labels
                : names.0.utf8.lexicographicallyPrecedes(names.1.utf8)
        }
        var text = try OutputText(output, notIn: dataFolder)
        do {
            switch format {
            case .openmetrics: try writeOpenMetrics(selected, snapshot, range, &text, progress)
            case .csv: try writeCSV(selected, snapshot, range, &text, progress)
            }
            try text.finish()
        } catch {
            text.abandon()
            throw error
        }
        progress(1)
    }

    private mutating func writeOpenMetrics(
        _ selected: [SeriesReference],
        _ snapshot: StoreSnapshot,
        _ range: ClosedRange<Instant>,
        _ text: inout OutputText,
        _ progress: (Double) -> Void
    ) throws {
        var family: String?
        for (index, reference) in selected.enumerated() {
            progress(Double(index) / Double(selected.count))
            let labels = reference.labels
            guard let metric = labels.metricName, SampleFormat.isName(metric, ofMetric: true),
                labels.withoutMetricName.sorted.allSatisfy({
                    SampleFormat.isName($0.name, ofMetric: false)
                })
            else {
                leaveOut(labels)
                continue
            }
            let start = Array("\(Self.openMetrics(labels, metric)) ".utf8)
            let before = samples
            try Self.forEachSample(of: reference.id, snapshot, range) { time, value in
                guard value.bitPattern != Sample.staleMarkerBits else {
                    staleMarkersLeftOut += 1
                    return
                }
                if family != metric { try text.write("# TYPE \(metric) unknown\n".utf8) }
                family = metric
                try text.write(start)
                try text.write(
                    "\(SampleFormat.text(value)) \(SampleFormat.seconds(time))\n".utf8
                )
                samples += 1
            }
            if samples > before { series += 1 }
        }
        try text.write("# EOF\n".utf8)
    }

    private static func openMetrics(_ labels: Labels, _ metric: String) -> String {
        let pairs = labels.withoutMetricName.sorted.map { label in
            "\(label.name)=\(Labels.quoted(label.value))"
        }
        return pairs.isEmpty ? metric : "\(metric){\(pairs.joined(separator: ","))}"
    }

    private mutating func writeCSV(
        _ selected: [SeriesReference],
        _ snapshot: StoreSnapshot,
        _ range: ClosedRange<Instant>,
        _ text: inout OutputText,
        _ progress: (Double) -> Void
    ) throws {
        var names: Set<String> = []
        for reference in selected {
            for label in reference.labels.withoutMetricName.sorted { names.insert(label.name) }
        }
        let columns = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let limit = CSVReader.maximumFieldCount - SampleRow.fixedColumns.count
        guard columns.count <= limit else {
            throw GatewayError.usage(
                "CSV takes \(limit) labels, the series have \(columns.count): choose fewer with "
                    + "--match, or write --format openmetrics"
            )
        }
        try text.write(SampleRow.line(SampleRow.fixedColumns + columns))
        for (index, reference) in selected.enumerated() {
            progress(Double(index) / Double(selected.count))
            let labels = reference.labels
            let end = SampleRow.line(
                [labels.metricName ?? ""] + columns.map { labels[$0] ?? "" }
            )
            let before = samples
            try Self.forEachSample(of: reference.id, snapshot, range) { time, value in
                let isMarker = value.bitPattern == Sample.staleMarkerBits
                let number = isMarker ? SampleRow.staleWord : SampleFormat.text(value)
                try text.write("\(Instant(milliseconds: time)),\(number),".utf8)
                try text.write(end)
                samples += 1
            }
            if samples > before { series += 1 }
        }
    }

    /// Hands out the samples of a series, stretch by stretch.
    private static func forEachSample(
        of series: SeriesID,
        _ snapshot: StoreSnapshot,
        _ range: ClosedRange<Instant>,
        _ body: (Int64, Double) throws -> Void
    ) throws {
        var buffer = SampleBuffer()
        for stretch in snapshot.stretches where stretch.overlaps(range) {
            try snapshot.read(series, in: stretch.clamped(to: range), into: &buffer)
            for index in 0..<buffer.count { try body(buffer.times[index], buffer.values[index]) }
        }
    }

    private mutating func leaveOut(_ labels: Labels) {
        seriesLeftOut += 1
        guard examplesLeftOut.count < Self.exampleCount else { return }
        examplesLeftOut.append("\(labels)")
    }
}
