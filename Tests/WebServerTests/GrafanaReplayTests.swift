import Foundation
import HTTPTypes
import PromQL
import Telemetry
import Testing

/// The requests that Grafana's Prometheus data source sends, in the order in which a person causes
/// them (shared/prometheus-reference/http-api.md, section 3).
@Suite struct GrafanaReplayTests {
    private let api = APIClient(backend: MemoryBackend())

    @Test func `Save and test finds a Prometheus`() async throws {
        let query = try await api.post("/api/v1/query", ["query": "1+1", "time": "4"])
        #expect(
            query.text
                == #"{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}"#
        )
        let build = try await api.get("/api/v1/status/buildinfo").data([String: Any].self)
        let version = try #require(build["version"] as? String)
        #expect(version.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
        // `features` would make it a Mimir whose rules can be edited.
        #expect(build["features"] == nil)
        #expect(build["application"] == nil)
        // A success here would make it a Thanos.
        #expect(try await api.get("/api/v1/status/flags").status == 404)
        let exemplars = try await api.post(
            "/api/v1/query_exemplars",
            ["query": "lamp", "start": "0", "end": "600"]
        )
        #expect(try exemplars.data([Any].self).isEmpty)
    }

    @Test func `variables are filled`() async throws {
        let window: KeyValuePairs = ["start": "0", "end": "600"]
        let names = try await api.get("/api/v1/label/__name__/values", window)
        #expect(try names.data() == ["lamp"])
        let labels = try await api.post("/api/v1/labels", window)
        #expect(try labels.data() == ["__name__", "site", "village"])
        let villages = try await api.get(
            "/api/v1/label/village/values",
            ["start": "0", "end": "600", "match[]": #"lamp{site="a"}"#, "limit": "10000"]
        )
        #expect(try villages.data() == ["Nà Ếch"])
        let query = try await api.post(
            "/api/v1/query",
            ["query": "sum by (site) (lamp)", "time": "600"]
        )
        let vector = try query.data([String: Any].self)
        #expect((vector["result"] as? [Any])?.count == 2)
        let series = try await api.post(
            "/api/v1/series",
            ["match[]": "lamp", "start": "0", "end": "600", "limit": "1"]
        )
        #expect(try series.data([Any].self).count == 1)
        #expect(series.json["warnings"] as? [String] == ["results truncated due to limit"])
    }

    @Test func `values of a label are asked by GET alone, and by GET again after a 405`()
        async throws
    {
        let refused = try await api.post("/api/v1/label/site/values", ["start": "0", "end": "600"])
        #expect(refused.status == 405)
        #expect(refused.headers[.allow] == "GET, HEAD, OPTIONS")
        let asked = try await api.get(
            "/api/v1/label/site/values",
            ["start": "0", "end": "600"]
        )
        #expect(try asked.data() == ["a", "b"])
    }

    @Test func `what lies outside of the store is empty, not wrong`() async throws {
        for path in ["/api/v1/labels", "/api/v1/label/site/values"] {
            for window in [["start": "700", "end": "0"], ["start": "9000", "end": "9600"]]
                as [KeyValuePairs]
            {
                let answer = try await api.get(path, window)
                #expect(answer.text == #"{"status":"success","data":[]}"#, "\(path) \(window)")
            }
        }
        let series = try await api.get(
            "/api/v1/series",
            ["match[]": #"{__name__!=""}"#, "start": "700", "end": "0"]
        )
        #expect(series.text == #"{"status":"success","data":[]}"#)
    }

    @Test(arguments: ["get", "post"])
    func `a panel gets its points on its steps`(method: String) async throws {
        let parameters: KeyValuePairs = [
            "query": #"sum(lamp{village=~"Nà Ếch|Ngàn Chi"})"#, "start": "0", "end": "600.000",
            "step": "120", "timeout": "30s",
        ]
        let path = "/api/v1/query_range"
        let answer =
            method == "get"
            ? try await api.get(path, parameters) : try await api.post(path, parameters)
        let data = try answer.data([String: Any].self)
        #expect(data["resultType"] as? String == "matrix")
        let result = try #require(data["result"] as? [[String: Any]])
        #expect(result.count == 1)
        let points = try #require(result[0]["values"] as? [[Any]])
        #expect(points.compactMap { $0[0] as? Int } == [0, 120, 240, 360, 480, 600])
        #expect(points.compactMap { $0[1] as? String } == ["0", "4", "8", "12", "16", "20"])
    }

    @Test func `Explore shows help and types, and formats what was typed`() async throws {
        let metadata = try await api.get("/api/v1/metadata").data([String: [[String: String]]].self)
        let power = try #require(metadata["lamp_watts"]?.first)
        #expect(power["type"] == "gauge")
        #expect(power["help"]?.isEmpty == false)
        #expect(power["unit"] != nil)
        let one = try await api.get("/api/v1/metadata", ["limit": "1", "limit_per_metric": "1"])
        #expect(try one.data([String: Any].self).count == 1)
        let formatted = try await api.post("/api/v1/format_query", ["query": "sum  by(a)(lamp)"])
        #expect(try formatted.data() == "sum by (a) (lamp)")
        let tree = try await api.post("/api/v1/parse_query", ["query": "lamp"])
        #expect(try tree.data([String: Any].self)["type"] as? String == "vectorSelector")
    }

    @Test func `the alert list is filled`() async throws {
        let api = APIClient(backend: VillageBackend())
        let rules = try await api.get("/api/v1/rules", ["type": "alert"])
        let data = try rules.data([String: [[String: Any]]].self)
        let group = try #require(data["groups"]?.first)
        #expect(group["name"] as? String == "lighting")
        #expect(group["interval"] as? Int == 60)
        let rule = try #require((group["rules"] as? [[String: Any]])?.first)
        #expect(rule["type"] as? String == "alerting")
        #expect(rule["state"] as? String == "firing")
        #expect(rule["duration"] as? Int == 300)
        #expect((rule["alerts"] as? [Any])?.count == 1)
        #expect(try await api.get("/api/v1/rules", ["type": "record"]).text.contains("[]"))
        let alerts = try await api.get("/api/v1/alerts").data([String: [[String: Any]]].self)
        #expect(alerts["alerts"]?.first?["value"] as? String == "1e+00")
        let targets = try await api.get("/api/v1/targets").data([String: [String]].self)
        #expect(targets == ["activeTargets": [], "droppedTargets": []])
        let metadata = try await api.get("/api/v1/targets/metadata")
        #expect(try metadata.data([String].self).isEmpty)
    }

    @Test func `a wrong expression has its fault on the panel, by POST and by GET again`()
        async throws
    {
        let parameters: KeyValuePairs = [
            "query": "sum(lamp", "start": "0", "end": "600", "step": "60",
        ]
        for answer in [
            try await api.post("/api/v1/query_range", parameters),
            try await api.get("/api/v1/query_range", parameters),
        ] {
            #expect(answer.status == 400)
            #expect(answer.json["errorType"] as? String == "bad_data")
            let message = try #require(answer.json["error"] as? String)
            #expect(message.hasPrefix(#"invalid parameter "query": "#))
        }
    }

    @Test func `an answer comes as gzip to who takes it`() async throws {
        let path = "/api/v1/query_range"
        let parameters: KeyValuePairs = [
            "query": "lamp", "start": "0", "end": "600", "step": "1",
        ]
        let plain = try await api.get(path, parameters)
        #expect(plain.headers[.contentEncoding] == nil)
        #expect(plain.headers[.vary] == "Accept-Encoding")
        let packed = try await api.get(path, parameters, headers: [.acceptEncoding: "gzip"])
        #expect(packed.headers[.contentEncoding] == "gzip")
        #expect(packed.body.count < plain.body.count / 4)
        #expect(try Gunzip.expand(packed.body) == plain.body)
        for refusal in ["identity", "gzip;q=0", "*;q=0", "deflate"] {
            let answer = try await api.get(path, parameters, headers: [.acceptEncoding: refusal])
            #expect(answer.headers[.contentEncoding] == nil, "\(refusal)")
        }
    }
}
