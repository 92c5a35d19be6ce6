public import CoreMetrics
internal import Synchronization
internal import Telemetry

/// Keeps the metrics that swift-metrics makes, for `/metrics` and for the gateway's own store.
///
/// Names become those of Prometheus: what may not stand in them is `_`; all begin with
/// ``namePrefix``; counters end with `_total`, timers with `_seconds`. Any thread may use it. A
/// metric stays until the process ends, so that counters never go back.
///
/// - Source: OpenTelemetry, "Prometheus and OpenMetrics Compatibility", section on metric metadata.
public final class MetricsRegistry: MetricsFactory {
    /// What all names begin with.
    public static let namePrefix = "langso_"
    /// Most metrics, each with its own labels, that are kept; later ones are not counted.
    public static let maximumMetrics = 2_000
    /// Most bytes of a label's value.
    public static let maximumValueBytes = 1_024

    fileprivate enum Cell {
        case counter(CounterCell)
        case gauge(GaugeCell)
        case histogram(HistogramCell)
    }

    private struct Group {
        var help: String?
        var cells: [Labels: Cell] = [:]
    }

    private struct Contents {
        var groups: [String: Group] = [:]
        var count = 0
        /// Times that a metric was not kept.
        var refusedCount = 0
    }

    private let contents = Mutex(Contents())

    /// Creates an empty registry.
    public init() {}

    /// Says what a metric is about; without it the name alone stands there.
    ///
    /// - Parameters:
    ///   - label: the metric's name, with `_total` or `_seconds` where its kind has that.
    ///   - help: a sentence for people.
    public func describe(_ label: String, _ help: String) {
        let name = Self.name(label)
        contents.withLock { $0.groups[name, default: Group()].help = help }
    }

    /// All metrics at this moment, by name, and by labels within one.
    public var families: [MetricFamily] {
        let (groups, refusedCount) = contents.withLock { ($0.groups, $0.refusedCount) }
        var families = groups.sorted { $0.key < $1.key }.flatMap { Self.families($0.key, $0.value) }
        families.append(
            MetricFamily(
                .counter,
                Self.namePrefix + "metrics_refused_total",
                "Attempts to make a metric that is not kept: one too many, of another kind than "
                    + "others of its name, or with labels that cannot be shown.",
                Double(refusedCount)
            )
        )
        return families
    }

    private static func families(_ name: String, _ group: Group) -> [MetricFamily] {
        let cells = group.cells.sorted { $0.key < $1.key }
        guard let kind = cells.first?.value.kind else { return [] }
        let points = cells.flatMap { labels, cell in cell.points(labels) }
        return [MetricFamily(kind, name, group.help ?? name, points)]
    }

    // MARK: MetricsFactory

    /// Makes a counter, or finds the one of that name and those labels.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let label = label.hasSuffix("_total") ? label : label + "_total"
        return cell(label, dimensions, { .counter(CounterCell()) }) { cell -> CounterCell? in
            if case .counter(let counter) = cell { counter } else { nil }
        } ?? NOOPMetricsHandler.instance
    }

    /// Makes a gauge, or finds the one of that name and those labels.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Makes a gauge, or a histogram for what is to be aggregated, or finds that one.
    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate {
            histogram(label, dimensions) ?? NOOPMetricsHandler.instance
        } else {
            gauge(label, dimensions) ?? NOOPMetricsHandler.instance
        }
    }

    /// Makes a histogram of seconds, or finds the one of that name and those labels.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram("\(label)_seconds", dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Does nothing.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing.
    public func destroyMeter(_ handler: any MeterHandler) {}
    /// Does nothing.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Does nothing.
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeCell? {
        cell(label, dimensions, { .gauge(GaugeCell()) }) { cell in
            if case .gauge(let gauge) = cell { gauge } else { nil }
        }
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramCell? {
        cell(label, dimensions, { .histogram(HistogramCell()) }) { cell in
            if case .histogram(let histogram) = cell { histogram } else { nil }
        }
    }

    /// The cell of a name and labels, made where there is none; nil when it is not kept.
    private func cell<Kind>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ make: () -> Cell,
        as kind: (Cell) -> Kind?
    ) -> Kind? {
        let name = Self.name(label)
        let labels = Self.labels(dimensions)
        return contents.withLock { contents in
            if let labels, let cell = contents.groups[name]?.cells[labels], let known = kind(cell) {
                return known
            }
            // All of one name are of one kind.
            let other = contents.groups[name]?.cells.values.first
            guard let labels, contents.count < Self.maximumMetrics,
                other.flatMap(kind) != nil || other == nil
            else {
                contents.refusedCount += 1
                return nil
            }
            let cell = make()
            contents.groups[name, default: Group()].cells[labels] = cell
            contents.count += 1
            return kind(cell)
        }
    }

    /// Labels as Prometheus takes them; nil when two are one then, one is Prometheus' own, or a
    /// value is too long.
    private static func labels(_ dimensions: [(String, String)]) -> Labels? {
        let labels = dimensions.map { Label(legal($0.0), $0.1) }
        let isLegal = labels.allSatisfy {
            !$0.name.hasPrefix("__") && $0.value.utf8.count <= maximumValueBytes
        }
        guard isLegal, Set(labels.map(\.name)).count == labels.count else { return nil }
        return Labels(labels)
    }

    private static func name(_ label: String) -> String {
        let name = legal(label)
        return name.hasPrefix(namePrefix) ? name : namePrefix + name
    }

    /// A name of letters, digits and underscores that does not begin with a digit.
    private static func legal(_ text: String) -> String {
        let name = String(
            text.map { character in
                character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
            }
        )
        return name.first.map { $0.isNumber } ?? true ? "_" + name : name
    }
}

extension MetricsRegistry.Cell {
    fileprivate var kind: MetricFamily.Kind {
        switch self {
        case .counter: .counter
        case .gauge: .gauge
        case .histogram: .histogram
        }
    }

    fileprivate func points(_ labels: Labels) -> [MetricFamily.Point] {
        switch self {
        case .counter(let cell): [.init(labels: labels, value: cell.value)]
        case .gauge(let cell): [.init(labels: labels, value: cell.value)]
        case .histogram(let cell): Self.points(cell.contents, labels)
        }
    }

    private static func points(
        _ contents: HistogramCell.Contents,
        _ labels: Labels
    ) -> [MetricFamily.Point] {
        var points: [MetricFamily.Point] = []
        var count: UInt64 = 0
        for (place, bucketCount) in contents.counts.enumerated() {
            count += bucketCount
            let bounds = HistogramCell.bounds
            let bound = place < bounds.count ? MetricsExposition.number(bounds[place]) : "+Inf"
            points.append(
                .init(
                    suffix: MetricFamily.bucketSuffix,
                    labels: labels.setting("le", to: bound),
                    value: Double(count)
                )
            )
        }
        points.append(.init(suffix: "_sum", labels: labels, value: contents.sum))
        points.append(.init(suffix: "_count", labels: labels, value: Double(count)))
        return points
    }
}
