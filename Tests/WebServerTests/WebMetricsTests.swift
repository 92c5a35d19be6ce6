import Hummingbird
import Metering
import NIOCore
import PromQL
import RemoteWrite
import Telemetry
import Testing
import WebServer

/// What the web server counts of queries and of what is pushed.
@Suite struct WebMetricsTests {
    private let registry = MetricsRegistry()

    private func client(_ change: (inout MemoryBackend) -> Void = { _ in })
        -> APIClient<MemoryBackend>
    {
        var backend = MemoryBackend()
        change(&backend)
        return APIClient(backend: backend, metrics: registry)
    }

    private func value(_ name: String, _ labels: Labels = .empty) -> Double? {
        registry.families.flatMap { family in
            family.points.filter { family.name + $0.suffix == name && $0.labels == labels }
        }.first?.value
    }

    private func exceeded(_ limit: QueryLimit) -> Double? {
        value("langso_query_limits_exceeded_total", ["limit": limit.rawValue])
    }

    @Test func `every outcome and every limit is there from the start, with 0`() async throws {
        _ = try await client().get("/-/healthy")
        for limit in QueryLimit.allCases { #expect(exceeded(limit) == 0) }
        for outcome in QueryError.Kind.allCases.map(\.rawValue) + ["success"] {
            #expect(value("langso_queries_total", ["outcome": outcome]) == 0)
        }
        for kind in ["queries", "remote_write"] {
            #expect(value("langso_requests_refused_total", ["kind": kind]) == 0)
        }
    }

    @Test func `queries are counted by how they ended, with what they read`() async throws {
        let client = client()
        for _ in 0..<2 {
            #expect(
                try await client.get("/api/v1/query", ["query": "lamp", "time": "600"]).status
                    == 200
            )
        }
        #expect(try await client.get("/api/v1/query", ["query": "up{"]).status == 400)
        #expect(try await client.get("/api/v1/query", ["query": "lamp + on(x) lamp"]).status == 422)
        #expect(value("langso_queries_total", ["outcome": "success"]) == 2)
        #expect(value("langso_queries_total", ["outcome": "parse"]) == 1)
        #expect(value("langso_queries_total", ["outcome": "execution"]) == 1)
        // What cannot be read is not evaluated.
        #expect(value("langso_query_duration_seconds_count") == 3)
        #expect(try #require(value("langso_query_samples_read_total")) >= 2)
        #expect(QueryLimit.allCases.allSatisfy { exceeded($0) == 0 })
    }

    @Test(arguments: QueryLimit.allCases)
    func `each limit has an error of its own and a count of its own`(_ limit: QueryLimit)
        async throws
    {
        let client = client { backend in
            backend.queryEngine.limits.maximumSamples = limit == .samples ? 1 : 1_000_000
            backend.queryEngine.limits.maximumSeries = limit == .series ? 1 : 1_000
            backend.queryEngine.limits.maximumPoints = limit == .points ? 3 : 1_000_000
            if limit == .time { backend.queryEngine.limits.timeout = .zero }
        }
        let nested = PromQLParser.maximumDepth + 1
        var query = "lamp"
        switch limit {
        case .text: query = String(repeating: " ", count: PromQLParser.maximumTextBytes) + "lamp"
        case .depth: query = String(repeating: "(", count: nested) + "lamp"
        case .operators:
            query += String(repeating: "+lamp", count: PromQLParser.maximumOperators + 1)
        case .pattern:
            let long = String(repeating: "x", count: 4_000)
            query = #"label_replace(vector(1), "a", "\#(long)", "", "")"#
            query = #"label_replace(\#(query), "b", "", "a", "(a{900}|b{900}|x{900}){3}")"#
        case .samples: query = "lamp[10m]"
        case .steps, .series, .points, .time: break
        }
        let step = limit == .steps ? "0.01" : "60"
        let answer = try await client.post(
            limit == .samples ? "/api/v1/query" : "/api/v1/query_range",
            ["query": query, "time": "600", "start": "0", "end": "600", "step": step]
        )
        // As Prometheus answers: its bound of steps is one of the parameter, in time it may be
        // done another day, and all else is an expression that cannot be executed.
        let status =
            switch limit {
            case .steps: 400
            case .time: 503
            default: 422
            }
        #expect(answer.status == status, "\(answer.text.prefix(300))")
        for other in QueryLimit.allCases {
            #expect(exceeded(other) == (other == limit ? 1 : 0), "\(other): \(answer.text)")
        }
    }

    @Test func `requests are counted by status and route, a head as well, and none stays`()
        async throws
    {
        let client = client()
        for path in ["/-/healthy", "/nothing/here", "/api/v1/query?query=up%7B"] {
            _ = try await client.get(path)
        }
        _ = try await client.ask(.head, "/-/healthy")
        _ = try await client.ask(.delete, "/-/healthy")
        func requests(_ code: String) -> Double? {
            value("langso_http_requests_total", ["code": code])
        }
        #expect(requests("200") == 2)
        #expect(requests("404") == 1)
        #expect(requests("400") == 1)
        #expect(requests("405") == 1)
        let count = "langso_http_request_duration_seconds_count"
        #expect(value(count, ["handler": "/-/healthy"]) == 2)
        #expect(value(count, ["handler": "/api/v1/query"]) == 1)
        #expect(value(count, ["handler": "other"]) == 2)
        #expect(value("langso_http_requests_in_flight") == 0)
    }

    @Test func `a query whose client has gone is given up`() async throws {
        let (begun, telling) = AsyncStream.makeStream(of: Void.self)
        let (outcomes, told) = AsyncStream.makeStream(of: String.self)
        var backend = MemoryBackend()
        // Nothing but the client's going can end it early.
        backend.queryEngine = QueryEngine(
            limits: QueryLimits(
                maximumSamples: .max,
                maximumPoints: .max,
                timeout: .days(1)
            ),
            parallelism: 1,
            clock: {
                telling.yield()
                return .zero
            }
        )
        let metrics = TellingMetrics { label, dimensions in
            if label == "queries_total", let outcome = dimensions.first?.1 { told.yield(outcome) }
        }
        let chain = String(repeating: "*1", count: 300)
        let query = "max_over_time((vector(time())\(chain))[7d:1s])"
        let target = "/api/v1/query?query=\(query)&time=10000"
        try await LiveServer.serve(backend, metrics: metrics) { port, _ in
            let channel = try await LiveServer.connect(port)
            try await channel.executeThenClose { _, outbound in
                let head = "GET \(target) HTTP/1.1\r\nhost: langso\r\n\r\n"
                try await outbound.write(ByteBuffer(string: head))
                var begun = begun.makeAsyncIterator()
                await begun.next()
            }
            var outcomes = outcomes.makeAsyncIterator()
            #expect(await outcomes.next() == "canceled")
        }
    }

    @Test func `pushed samples are counted, and by reason those that are not taken`() async throws {
        let client = client { backend in
            backend.takesRemoteWrite = true
            backend.outcome = { _ in
                var refusals = WriteRefusals()
                refusals.add(.future, 2) { "u" }
                return WriteOutcome(storedCount: 5, refusals: refusals)
            }
        }
        let answer = try await client.send(
            .post,
            "/api/v1/write",
            [.contentType: "application/x-protobuf", .contentEncoding: "snappy"],
            ByteBuffer(bytes: WriteRoutesTests.packed)
        )
        #expect(answer.status == 400)
        #expect(value("langso_remote_write_samples_total") == 5)
        let name = "langso_remote_write_refused_samples_total"
        #expect(value(name, ["reason": "future"]) == 2)
        #expect(value(name, ["reason": "too_old"]) == 0)
    }
}
