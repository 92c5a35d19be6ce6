internal import Measuring
internal import PromQL
internal import RingStore
internal import Telemetry

/// Something that answers the queries.
protocol QueryTarget {
    associatedtype Answer

    /// Asks; this is what is timed.
    func ask(_ query: BenchQuery) throws -> Answer

    /// What was answered.
    func read(_ answer: Answer) throws -> QueryAnswer
}

extension QueryTarget {
    /// How long a query takes here, and its last answer.
    func measure(_ query: BenchQuery, repeats: Int) throws -> (Latencies, QueryAnswer) {
        let (latencies, last) = try Latencies.measure(repeats: repeats) { try ask(query) }
        return (latencies, try read(last))
    }
}

/// This store's engine in this process: the text is read, a snapshot taken and evaluated.
final class StoreInProcess: QueryTarget {
    private var store: RingStore
    private let engine = QueryEngine(limits: QueryLimits(maximumSamples: 100_000_000))

    init(store: consuming RingStore) {
        self.store = store
    }

    func ask(_ query: BenchQuery) throws -> QueryValue {
        var report = QueryReport()
        return try ask(query, &report)
    }

    /// How many samples and summaries a query reads.
    func readCount(_ query: BenchQuery) throws -> Int {
        var report = QueryReport()
        _ = try ask(query, &report)
        return report.readCount
    }

    private func ask(_ query: BenchQuery, _ report: inout QueryReport) throws -> QueryValue {
        let expression = try PromQLParser.parse(query.text)
        let snapshot = store.snapshot()
        switch query.times {
        case .instant(let time):
            return try engine.instant(
                expression,
                at: Instant(milliseconds: time),
                source: snapshot,
                report: &report
            )
        case .range(let from, let to, let step):
            return .matrix(
                try engine.range(
                    expression,
                    from: Instant(milliseconds: from),
                    to: Instant(milliseconds: to),
                    step: Milliseconds(step),
                    source: snapshot,
                    report: &report
                )
            )
        }
    }

    func read(_ answer: QueryValue) -> QueryAnswer { QueryAnswer(answer) }
}

/// A server with the Prometheus HTTP API; whole answers are read from one connection.
struct PrometheusAPI: QueryTarget {
    let connection: HTTPConnection
    /// More parameters of each query, such as `&nocache=1`.
    var parameters = ""

    func ask(_ query: BenchQuery) throws -> HTTPConnection.Answer {
        let answer = try connection.get(query.path(parameters))
        guard answer.status == 200 else {
            throw Failure("a query failed: \(answer.status) \(answer.text.prefix(300))")
        }
        return answer
    }

    func read(_ answer: HTTPConnection.Answer) throws -> QueryAnswer { try QueryAnswer(answer) }
}
