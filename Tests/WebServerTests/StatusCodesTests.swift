import NIOCore
import PromQL
import Synchronization
import Telemetry
import Testing
import WebServer

/// The status codes and envelopes of what goes wrong, over real connections.
@Suite(.timeLimit(.minutes(3))) struct StatusCodesTests {
    /// An answer as it came over the connection.
    private struct Answer {
        let status: Int
        let head: String
        let body: String
    }

    /// Paths that read the store.
    private static let readingPaths = [
        "/api/v1/query?query=lamp&time=600",
        "/api/v1/query_range?query=lamp&start=0&end=600&step=60",
        "/api/v1/series?match%5B%5D=lamp", "/api/v1/labels", "/api/v1/labels?match%5B%5D=lamp",
        "/api/v1/label/site/values", "/api/v1/label/site/values?match%5B%5D=lamp",
        "/api/v1/status/tsdb",
    ]

    private static func envelope(_ kind: String, _ message: String) -> String {
        #"{"status":"error","errorType":"\#(kind)","error":"\#(message)"}"#
    }

    /// Asks as a client that closes its side as soon as it has asked, or leaves it open.
    private static func ask(
        _ path: String,
        _ port: Int,
        closing isClosing: Bool = false
    ) async throws -> Answer {
        let channel = try await LiveServer.connect(port)
        let text = try await channel.executeThenClose { inbound, outbound in
            let head = "GET \(path) HTTP/1.1\r\nhost: langso\r\nconnection: close\r\n\r\n"
            try await outbound.write(ByteBuffer(string: head))
            if isClosing { outbound.finish() }
            var text = ""
            for try await part in inbound { text += String(buffer: part) }
            return text
        }
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        let words = text.split(separator: " ", maxSplits: 2)
        return Answer(
            status: try #require(Int(words[1])),
            head: String(text[..<end.lowerBound]),
            body: String(text[end.upperBound...])
        )
    }

    @Test func `samples that cannot be read are an internal error, everywhere`() async throws {
        var backend = MemoryBackend()
        backend.source.failure = .damaged("block 7 of the raw tier")
        try await LiveServer.serve(backend) { port, _ in
            for path in Self.readingPaths {
                let answer = try await Self.ask(path, port)
                #expect(answer.status == 500, "\(path)")
                #expect(
                    answer.body
                        == Self.envelope(
                            "internal",
                            "stored samples are damaged: block 7 of the raw tier"
                        ),
                    "\(path)"
                )
                #expect(answer.head.lowercased().contains("content-type: application/json"))
            }
            // What reads nothing goes on.
            for path in ["/api/v1/metadata", "/api/v1/rules", "/-/ready"] {
                #expect(try await Self.ask(path, port).status == 200, "\(path)")
            }
        }
    }

    @Test func `a gateway that recovers its store is not ready, and says so`() async throws {
        var backend = MemoryBackend()
        backend.isRecovering = true
        try await LiveServer.serve(backend) { port, _ in
            for path in Self.readingPaths {
                let answer = try await Self.ask(path, port)
                #expect(answer.status == 503, "\(path)")
                let message = "the gateway is still recovering its store, try again in a minute"
                #expect(answer.body == Self.envelope("unavailable", message), "\(path)")
            }
            let ready = try await Self.ask("/-/ready", port)
            #expect(ready.status == 503)
            #expect(ready.body == "langso is recovering its store\n")
            #expect(ready.head.lowercased().contains("content-type: text/plain"))
            #expect(try await Self.ask("/-/healthy", port).status == 200)
            // A fault of the request is told all the same: to wait would not help.
            #expect(try await Self.ask("/api/v1/query?query=%28", port).status == 400)
        }
    }

    @Test func `a query that takes too long is given up, in the queue or at work`() async throws {
        var backend = MemoryBackend()
        // Every look at the clock finds an hour gone.
        let hours = Counting()
        backend.queryEngine = Self.engine { .hours(hours.next()) }
        backend.queryEngine.limits.timeout = .minutes(2)
        try await LiveServer.serve(backend) { port, _ in
            let queued = try await Self.ask("/api/v1/query?query=lamp&timeout=0", port)
            #expect(queued.status == 503)
            #expect(queued.body == Self.envelope("timeout", "query timed out in query queue"))
            for path in Self.longQueries {
                let answer = try await Self.ask(path, port)
                #expect(answer.status == 503, "\(path.prefix(30))")
                let message =
                    "the query took longer than 2m; ask for fewer series, a larger step or a "
                    + "shorter range"
                #expect(answer.body == Self.envelope("timeout", message))
            }
        }
    }

    @Test func `whoever closes the connection has nothing worked out, and is told 499`()
        async throws
    {
        var backend = MemoryBackend()
        // Only the client's going can end it before its time.
        backend.queryEngine = Self.engine { .zero }
        try await LiveServer.serve(backend) { port, _ in
            for path in Self.longQueries {
                let answer = try await Self.ask(path, port, closing: true)
                #expect(answer.status == 499, "\(path.prefix(30))")
                #expect(answer.body == Self.envelope("canceled", "the query was canceled"))
            }
        }
    }

    /// Queries that would take minutes.
    private static let longQueries = {
        let chain = String(repeating: "*1", count: 300)
        let query = "max_over_time((vector(time())\(chain))[7d:1s])"
        return [
            "/api/v1/query?query=\(query)&time=10000",
            "/api/v1/query_range?query=\(query)&start=0&end=10000&step=10",
        ]
    }()

    private static func engine(clock: @escaping @Sendable () -> Milliseconds) -> QueryEngine {
        QueryEngine(
            limits: QueryLimits(maximumSamples: .max, maximumPoints: .max, timeout: .days(1)),
            parallelism: 1,
            clock: clock
        )
    }
}

/// Counts how often it is asked.
private final class Counting: Sendable {
    private let count = Atomic<Int64>(0)

    func next() -> Int64 { count.add(1, ordering: .relaxed).newValue }
}
