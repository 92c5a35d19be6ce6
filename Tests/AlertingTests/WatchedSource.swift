import Alerting
import Synchronization
import Telemetry

/// A source that counts what is asked for, and fails where it is told to.
struct WatchedSource: SeriesSource {
    let base: ScenarioSource
    /// Selections by this label fail.
    var fails: String?
    private let log = Log()

    private final class Log: Sendable {
        let counts = Mutex<[String: Int]>([:])
        let samples = Mutex(0)
    }

    init(base: ScenarioSource, fails: String? = nil) {
        self.base = base
        self.fails = fails
    }

    /// How many times the series of a name were looked for.
    func count(of name: String) -> Int { log.counts.withLock { $0[name] ?? 0 } }

    /// How many samples were given, one counted each time.
    var sampleCount: Int { log.samples.withLock { $0 } }

    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [SeriesReference]
    {
        for matcher in matchers {
            if matcher.name == fails { throw .unreadable("by \(matcher.name)") }
            guard case .equal(let value) = matcher.test else { continue }
            if matcher.name == Labels.metricNameLabel {
                log.counts.withLock { $0[value, default: 0] += 1 }
            }
        }
        return try base.select(matchers, in: range)
    }

    func read(_ series: SeriesID, in range: ClosedRange<Instant>, into buffer: inout SampleBuffer)
        throws(SeriesSourceError)
    {
        try base.read(series, in: range, into: &buffer)
        let count = buffer.count
        log.samples.withLock { $0 += count }
    }

    func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
        try base.labelNames(in: range)
    }

    func labelValues(of name: String, in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [String]
    {
        try base.labelValues(of: name, in: range)
    }
}
