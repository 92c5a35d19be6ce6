import Foundation
import Telemetry
import Testing
import WebServer

/// Durations that are worked out, asked for over HTTP.
@Suite struct DurationRoutesTests {
    private let api = APIClient(backend: MemoryBackend())

    private func range(_ query: String) async throws -> APIAnswer {
        try await api.get(
            "/api/v1/query_range",
            ["query": query, "start": "300", "end": "600", "step": "150"]
        )
    }

    @Test func `step and range are those of the query that is asked`() async throws {
        let answer = try await range(
            "count_over_time(lamp{site=\"a\"}[step() * 2]) + max_over_time(lamp[range()] @ end())"
        )
        #expect(answer.status == 200)
        // Five samples in five minutes, and ten at the end.
        let values = #""values":[[300,"15"],[450,"15"],[600,"15"]]"#
        #expect(answer.text.contains(values), "\(answer.text)")
        let offset = try await range("lamp{site=\"a\"} offset (step() * 2)")
        #expect(
            offset.text.contains(#""values":[[300,"0"],[450,"2"],[600,"5"]]"#),
            "\(offset.text)"
        )
    }

    @Test func `a query at one time may not last as long as its step`() async throws {
        let answer = try await api.get("/api/v1/query", ["query": "sum(rate(lamp[step()]))"])
        #expect(answer.status == 400)
        #expect(
            answer.text.contains(
                #""errorType":"bad_data","error":"invalid parameter \"query\": 1:15: "#
                    + "parse error: duration must be greater than 0, expected one such as 5m; "
                    + "it is step(), where step() is 0s and range() is 0s"
            ),
            "\(answer.text)"
        )
        let fitting = try await api.get(
            "/api/v1/query",
            ["query": "count(lamp offset step()) + count(rate(lamp[max_of(step(), 2m * 2)]))"]
        )
        #expect(fitting.text.contains(#""value":[600,"4"]"#), "\(fitting.text)")
    }

    @Test func `an expression is formatted with its durations as they are written`() async throws {
        let answer = try await api.get(
            "/api/v1/format_query",
            ["query": "rate(lamp[5m*2]offset(1h/2))"]
        )
        #expect(answer.text.contains("rate(lamp[5m * 2] offset (1h / 2))"), "\(answer.text)")
    }
}
