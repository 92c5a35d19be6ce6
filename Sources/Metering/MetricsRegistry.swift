public import CoreMetrics
internal import Synchronization
internal import Telemetry

/// Keeps the metrics that swift-metrics makes, for `/metrics` and for the gateway's own store.
///
/// Names become those of Prometheus: what may not stand in them is `_`; all begin with
/// ``namePrefix``; counters end with `_total`, timers with `_seconds`. Any thread may use it.
///
/// - Source: OpenTelemetry, "Prometheus and OpenMetrics Compatibility", section on metric metadata.
public final class MetricsRegistry: MetricsFactory {
    /// What all names begin with.
    public static let namePrefix = "langso_"
    /// Most metrics, each with its own labels, that are kept; later ones are not counted.
    public static let maximumMetrics = 2_000

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
        /// Metrics that were not kept, as too many or of another kind than others of their name.
        var refusedCount = 0
    }

    private let contents = Mutex(Contents())

    /// Creates an empty registry.
    public init() {}

    /// Says what a metric is about; without it the name alone stands there.
    ///
    /// - Parameters:
    ///   - label: the metric's name, with the `_seconds` of a timer.
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
                "Metrics not kept: too many, or of another kind than others of their name.",
                Double(refusedCount)
            )
        )
        return families
    }

    private static func families(_ name: String, _ group: Group) -> [MetricFamily] {
        var families: [MetricFamily] = []
        for (labels, cell) in group.cells.sorted(by: { $0.key < $1.key }) {
            let (kind, fullName) = cell.kind(name)
            if families.last?.name != fullName {
                families.append(MetricFamily(kind, fullName, group.help ?? fullName))
            }
            families[families.count - 1].points += cell.points(labels)
        }
        return families
    }

    // MARK: MetricsFactory

    /// Makes a counter, or finds the one of that name and those labels.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(label, dimensions, { .counter(CounterCell()) }) { cell -> CounterCell? in
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

    /// Does nothing: a metric stays until the process ends, so that counters never go back.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing, as ``destroyCounter(_:)``.
    public func destroyMeter(_ handler: any MeterHandler) {}
    /// Does nothing, as ``destroyCounter(_:)``.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Does nothing, as ``destroyCounter(_:)``.
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
        let labels = Labels(dimensions.map { Label(Self.legal($0.0), $0.1) })
        return contents.withLock { contents in
            if let cell = contents.groups[name]?.cells[labels], let known = kind(cell) {
                return known
            }
            // All of one name are of one kind.
            let other = contents.groups[name]?.cells.values.first
            guard contents.count < Self.maximumMetrics, other.flatMap(kind) != nil || other == nil
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

    private static func name(_ label: String) -> String {
        let name = legal(label)
        return name.hasPrefix(namePrefix) ? name : namePrefix + name
    }

    /// A name of letters, digits and underscores.
    private static func legal(_ text: String) -> String {
        String(
            text.map { character in
                character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
            }
        )
    }
}

extension MetricsRegistry.Cell {
    /// The kind of its family, and the name with what the kind adds to it.
    fileprivate func kind(_ name: String) -> (MetricFamily.Kind, String) {
        switch self {
        case .counter: (.counter, name.hasSuffix("_total") ? name : name + "_total")
        case .gauge: (.gauge, name)
        case .histogram: (.histogram, name)
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
