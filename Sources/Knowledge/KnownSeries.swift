internal import Synchronization
public import Telemetry

/// All computed series of a deployment, found by their metric names.
public struct KnownSeries: Sendable {
    /// The series in the order in which they were given.
    public let series: [ComputedSeries]
    private let byName: [String: [Int]]
    /// How often each device is expected to report now, by its code.
    let intervals: [String: Milliseconds]
    /// How often stored series that belong to no device get a sample, by their metric names.
    let ownIntervals: [String: Milliseconds]
    /// Numbers of stored series that computed ones are worked out from.
    let stored: StoredNumbers

    /// Most computed series: five for each of 50 000 devices.
    public static let maximumCount = 250_000

    /// Gathers series; those beyond ``maximumCount`` are left out.
    ///
    /// - Parameters:
    ///   - series: in the order in which they are numbered.
    ///   - ownIntervals: how often stored series that belong to no device get a sample, by their
    ///     metric names.
    public init(_ series: [ComputedSeries], ownIntervals: [String: Milliseconds] = [:]) {
        self.ownIntervals = ownIntervals
        self.series = Array(series.prefix(Self.maximumCount))
        byName = Dictionary(grouping: self.series.indices) { [series] index in
            series[index].labels.metricName ?? ""
        }
        intervals = Dictionary(
            self.series.compactMap { series in
                series.expectedInterval.map { ($0.device, $0.span) }
            },
            // The series of a device's installations stand in the order of time.
            uniquingKeysWith: { _, last in last }
        )
        stored = StoredNumbers()
    }

    /// Places of the series that may pass the matchers.
    func candidates(for matchers: [LabelMatcher]) -> [Int] {
        for matcher in matchers where matcher.name == Labels.metricNameLabel {
            if case .equal(let name) = matcher.test { return byName[name] ?? [] }
        }
        let names = matchers.filter { $0.name == Labels.metricNameLabel }
        return byName.filter { name, _ in names.allSatisfy { $0.accepts(name) } }
            .flatMap(\.value).sorted()
    }
}

/// Numbers of devices' stored series by the labels of the present one.
///
/// A store never gives a series another number.
final class StoredNumbers: Sendable {
    private let numbers = Mutex<[Labels: [SeriesID]]>([:])

    func ids(of labels: Labels) -> [SeriesID]? { numbers.withLock { $0[labels] } }

    func note(_ labels: Labels, _ ids: [SeriesID]) { numbers.withLock { $0[labels] = ids } }
}
