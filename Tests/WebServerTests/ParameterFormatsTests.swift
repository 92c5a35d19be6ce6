import PromQL
import Telemetry
import Testing
import WebServer

/// How times, spans and limits may be written in requests.
@Suite struct ParameterFormatsTests {
    private let api = APIClient(backend: MemoryBackend())

    @Test(arguments: [
        ("600", "600"), ("6e2", "600"), ("600.1234", "600.123"), ("-1.5", "-1.5"),
        ("1970-01-01T00:10:00Z", "600"), ("1970-01-01T07:10:00.25+07:00", "600.25"),
        ("1969-12-31T23:59:59-00:01", "59"),
    ])
    func `a time is seconds or RFC 3339`(text: String, seconds: String) async throws {
        let answer = try await api.get("/api/v1/query", ["query": "time()", "time": text])
        let data = try answer.data([String: Any].self)
        let result = try #require(data["result"] as? [Any])
        #expect(result.last as? String == seconds, "\(answer.text)")
    }

    @Test(arguments: ["yesterday", "1970-01-01", "NaN", "1e400", "12:00"])
    func `what is no time is refused by its name`(text: String) async throws {
        let answer = try await api.get("/api/v1/query", ["query": "1", "time": text])
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.json["errorType"] as? String == "bad_data")
        #expect(answer.text.contains(#"invalid parameter \"time\""#), "\(answer.text)")
    }

    @Test(arguments: [
        ("60", 11), ("1m", 11), ("1m30s", 7), ("0.5", 1201), ("6e1", 11), ("1h", 1),
    ])
    func `a step is seconds or a duration`(text: String, points: Int) async throws {
        let answer = try await api.get(
            "/api/v1/query_range",
            ["query": "time()", "start": "0", "end": "600", "step": text]
        )
        let data = try answer.data([String: Any].self)
        let series = try #require(data["result"] as? [[String: Any]])
        #expect((series.first?["values"] as? [Any])?.count == points, "\(answer.text.prefix(200))")
    }

    @Test func `eleven thousand steps may follow the first, and no more`() async throws {
        for (end, status) in [("11000", 200), ("11000.999", 200), ("11001", 400)] {
            let answer = try await api.get(
                "/api/v1/query_range",
                ["query": "vector(1)", "start": "0", "end": end, "step": "1"]
            )
            #expect(answer.status == status, "\(end): \(answer.text.prefix(200))")
        }
    }

    @Test func `a limit leaves series out and says so`() async throws {
        for path in ["query", "query_range"] {
            let answer = try await api.get(
                "/api/v1/\(path)",
                [
                    "query": "lamp", "time": "600", "start": "0", "end": "600", "step": "60",
                    "limit": "1",
                ]
            )
            let data = try answer.data([String: Any].self)
            #expect((data["result"] as? [Any])?.count == 1)
            let warnings = try #require(answer.json["warnings"] as? [String])
            #expect(warnings == ["results truncated due to limit"])
        }
        let whole = try await api.get("/api/v1/query", ["query": "lamp", "limit": "2"])
        #expect(whole.json["warnings"] == nil)
        let wrong = try await api.get("/api/v1/query", ["query": "lamp", "limit": "-1"])
        #expect(wrong.status == 400)
    }

    @Test func `a body and a query string are one form`() async throws {
        let answer = try await api.post("/api/v1/query?time=600", ["query": "time()"])
        #expect(answer.text.contains(#""600""#), "\(answer.text)")
    }
}
