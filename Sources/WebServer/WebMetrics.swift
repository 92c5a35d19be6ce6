internal import CoreMetrics
internal import PromQL
internal import RemoteWrite

/// What the web server counts of its own work; Hummingbird counts the requests.
///
/// Every count is there from the start, with 0: an alert on one that is missing would be silent.
struct WebMetrics: Sendable {
    private let answered: Counter
    private let failed: [QueryError.Kind: Counter]
    private let exceeded: [QueryLimit: Counter]
    private let duration: Timer
    private let samplesRead: Counter
    private let pushed: Counter
    private let refusedPushed: [WriteRefusals.Reason: Counter]
    private let refusedPushes: [RemoteWriteError.Reason: Counter]
    private let factory: any MetricsFactory

    init(_ factory: any MetricsFactory) {
        func counter(_ name: String, _ label: String, _ value: String) -> Counter {
            Counter(label: name, dimensions: [(label, value)], factory: factory)
        }
        func counters<Key: Hashable & RawRepresentable<String>>(
            _ name: String,
            _ label: String,
            _ keys: some Sequence<Key>
        ) -> [Key: Counter] {
            Dictionary(uniqueKeysWithValues: keys.map { ($0, counter(name, label, $0.rawValue)) })
        }
        self.factory = factory
        answered = counter("queries_total", "outcome", "success")
        failed = counters("queries_total", "outcome", QueryError.Kind.allCases)
        exceeded = counters("query_limits_exceeded_total", "limit", QueryLimit.allCases)
        duration = Timer(label: "query_duration", dimensions: [], factory: factory)
        samplesRead = Counter(label: "query_samples_read_total", dimensions: [], factory: factory)
        pushed = Counter(label: "remote_write_samples_total", dimensions: [], factory: factory)
        refusedPushed = counters(
            "remote_write_refused_samples_total",
            "reason",
            WriteRefusals.Reason.allCases
        )
        refusedPushes = counters(
            "remote_write_refused_requests_total",
            "reason",
            RemoteWriteError.Reason.allCases
        )
    }

    /// Notes a query that was answered, or why it was not.
    func note(_ error: QueryError?) {
        guard let error else { return answered.increment() }
        failed[error.kind]?.increment()
        if let limit = error.limit { exceeded[limit]?.increment() }
    }

    /// Notes what a query has cost, whether it was answered or not.
    func note(_ report: QueryReport, _ evaluation: Duration) {
        duration.recordSeconds(evaluation / .seconds(1))
        samplesRead.increment(by: report.readCount)
    }

    /// Notes samples that were pushed, and those of them that were not taken.
    func note(storedCount: Int, _ refusals: WriteRefusals) {
        pushed.increment(by: storedCount)
        for (reason, count) in refusals.counts { refusedPushed[reason]?.increment(by: count) }
    }

    /// Notes a request of remote write of which nothing can be read.
    func note(_ reason: RemoteWriteError.Reason) { refusedPushes[reason]?.increment() }

    /// Makes the count of requests of a kind that were refused because too many were under way.
    func refusedRequests(_ kind: String) -> Counter {
        Counter(label: "requests_refused_total", dimensions: [("kind", kind)], factory: factory)
    }
}
