import Foundation
import PromQL
import Telemetry
import Testing
import WebServer

/// Warnings and infos in the envelope of answers, as Prometheus 3 gives them.
@Suite struct AnnotationRoutesTests {
    private func get(
        _ path: String,
        _ query: String,
        from start: Int = 0,
        limit: Int = 1000
    ) async throws -> APIAnswer {
        try await APIClient(backend: MemoryBackend()).get(
            "/api/v1/\(path)",
            [
                "query": query, "time": "600", "start": "\(start)", "end": "\(max(start, 600))",
                "step": "60", "limit": "\(limit)",
            ]
        )
    }

    private static let share = "PromQL warning: quantile value should be between 0 and 1, got "
    private static let counter =
        "PromQL info: metric might not be a counter, name does not end in "
        + "_total/_sum/_count/_bucket: "

    @Test func `both kinds stand behind the data with their places`() async throws {
        for path in ["query", "query_range"] {
            let answer = try await get(path, "quantile(2, rate(lamp[5m]))")
            #expect(answer.status == 200)
            #expect(answer.json["warnings"] as? [String] == [Self.share + "2 (1:10)"])
            #expect(answer.json["infos"] as? [String] == [Self.counter + "\"lamp\" (1:18)"])
            let tail = "],\"infos\":[\"\(Self.counter)\\\"lamp\\\" (1:18)\"]}"
            #expect(answer.text.hasSuffix(tail), "\(answer.text)")
        }
        let plain = try await get("query", "quantile(1, lamp)")
        #expect(Set(plain.json.keys) == ["status", "data"])
    }

    @Test func `an order over a range is warned of`() async throws {
        let text =
            "PromQL warning: sort is ineffective for range queries since results are always "
            + "ordered by labels (1:1)"
        let answer = try await get("query_range", "sort(lamp)")
        #expect(answer.json["warnings"] as? [String] == [text])
        #expect(try await get("query", "sort(lamp)").json["warnings"] == nil)
    }

    @Test func `ten of a kind are shown, first what the answer lacks`() async throws {
        let query = "histogram_quantile(time() / 60 + 2, lamp) or lamp"
        let answer = try await get("query_range", query, limit: 1)
        let warnings = try #require(answer.json["warnings"] as? [String])
        #expect(warnings.count == 11)
        #expect(warnings.last == "3 more warning annotations omitted")
        #expect(warnings.first == "results truncated due to limit")
        #expect(warnings[1..<10].allSatisfy { $0.hasPrefix("PromQL warning: ") })
        let few = try await get("query", "quantile(2, lamp) or lamp", limit: 1)
        #expect(
            few.json["warnings"] as? [String]
                == ["results truncated due to limit", Self.share + "2 (1:10)"]
        )
    }

    @Test func `an answer of summaries says its own infos and those of its parts`() async throws {
        let query = "rate(lamp[1h]) + count_over_time(lamp[1h])"
        let answer = try await get("query_range", query, from: 3300)
        let infos = try #require(answer.json["infos"] as? [String])
        #expect(infos.first?.contains("summaries reach over the edge of a window") == true)
        #expect(infos.contains(Self.counter + "\"lamp\" (1:6)"))
    }

    @Test func `a query that fails says nothing else`() async throws {
        let answer = try await get("query", "quantile(2, lamp) + label_join(lamp, \"\", \"\")")
        #expect(answer.status == 422)
        #expect(Set(answer.json.keys) == ["status", "errorType", "error"])
    }
}
