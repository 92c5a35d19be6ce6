public import Telemetry

/// A series that is not stored but worked out when it is read.
///
/// What the gateway knows by itself, as where the sun stands and which lamps ought to be lit, is
/// worked out from the registry and from stored samples: it costs no room, it is there for any time
/// in the past at once, and it is right again when late data or a corrected registry changes it.
public struct ComputedSeries: Sendable {
    /// Its labels, the metric name among them.
    public let labels: Labels
    /// First instant at which it has values.
    public let start: Instant
    /// First instant at which it has none any more.
    public private(set) var end = Instant.distantFuture
    /// Gives the value at an instant of the grid; nil where there is none.
    let value: Value

    /// How values come about.
    enum Value: Sendable {
        case constant(Double)
        case function(@Sendable (Instant) -> Double?)
        case heartbeat(Heartbeat)
    }

    /// Distance of the samples: rules are evaluated once a minute.
    public static let step = Milliseconds.minutes(1)
    /// Most samples that one read gives: two months of minutes.
    public static let maximumSamples = 90_000

    /// Metric name of the series that say how often a device is expected to report, in seconds.
    public static let expectedIntervalName = "device_expected_interval_seconds"

    /// How often a device is expected to report, where the series says so.
    var expectedInterval: (device: String, span: Milliseconds)? {
        guard labels.metricName == Self.expectedIntervalName, let device = labels["device"],
            case .constant(let seconds) = value, seconds > 0, seconds < 1e9
        else { return nil }
        return (device, Milliseconds(Int64(seconds * 1000)))
    }

    private init(_ labels: Labels, _ start: Instant, _ value: Value) {
        self.labels = labels
        self.start = start
        self.value = value
    }

    /// A series of one value from an instant on.
    public static func constant(
        _ labels: Labels,
        _ value: Double,
        from start: Instant = .distantPast
    ) -> ComputedSeries {
        ComputedSeries(labels, start, .constant(value))
    }

    /// A series whose values are a function of time; nil leaves a gap.
    public static func function(
        _ labels: Labels,
        from start: Instant = .distantPast,
        _ value: @escaping @Sendable (Instant) -> Double?
    ) -> ComputedSeries {
        ComputedSeries(labels, start, .function(value))
    }

    /// A series about when a device spoke last.
    ///
    /// - Parameters:
    ///   - labels: of the series.
    ///   - source: what all stored series have in common that have a sample for each message of
    ///     the device: it has several when it was moved or its village came to another commune.
    ///   - current: all labels of the one that its messages go to now.
    ///   - content: what is given.
    /// - Returns: the series; it has values from the device's first message on.
    public static func heartbeat(
        _ labels: Labels,
        of source: Labels,
        now current: Labels,
        _ content: Heartbeat.Content
    ) -> ComputedSeries {
        ComputedSeries(
            labels,
            .distantPast,
            .heartbeat(Heartbeat(source: source, current: current, content: content))
        )
    }

    /// The series as it is from an instant on, and before another; nil leaves a side open.
    public func limited(from start: Instant?, until end: Instant?) -> ComputedSeries {
        var limited = ComputedSeries(labels, max(self.start, start ?? self.start), value)
        limited.end = min(self.end, end ?? self.end)
        return limited
    }

    /// Whether it may have values in a range.
    func reaches(_ range: ClosedRange<Instant>) -> Bool {
        start <= range.upperBound && range.lowerBound < end
    }

    /// Instants of the grid in a range, ends included; nil when there is none.
    static func grid(_ range: ClosedRange<Instant>, from start: Instant) -> ClosedRange<Int64>? {
        let step = Self.step.count
        let last = range.upperBound.milliseconds / step * step
        // A range without a beginning would ask for values since the beginning of time.
        let earliest = Instant(milliseconds: last) - Self.step * Int64(maximumSamples - 1)
        let lower = max(range.lowerBound, start, earliest).milliseconds
        guard lower <= last else { return nil }
        let whole = lower / step * step
        let first = whole < lower ? whole + step : whole
        return first <= last ? first...last : nil
    }
}

/// When a device spoke last, as seen at each minute.
public struct Heartbeat: Sendable {
    /// What is given at each minute.
    public enum Content: Sendable {
        /// Time of the last message in seconds since 1970.
        case lastMessage
        /// 1 while the last message is at most so old, else 0.
        case isUp(within: Milliseconds)
    }

    /// What the device's stored series have in common.
    let source: Labels
    /// Labels of the one that its messages go to now.
    let current: Labels
    /// What is given at each minute.
    let content: Content
}
