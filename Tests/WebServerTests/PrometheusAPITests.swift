import Foundation
import HTTPTypes
import PromQL
import Telemetry
import Testing
import WebServer

/// What programs other than Grafana ask of the Prometheus API.
@Suite struct PrometheusAPITests {
    private let api = APIClient(backend: MemoryBackend())

    @Test func `the tree of an expression is that of Prometheus`() async throws {
        let answer = try await api.get(
            "/api/v1/parse_query",
            ["query": #"sum by (a) (rate(x{b=~"c"}[5m] offset 1h @ start())) > bool on (a) -y"#]
        )
        let tree = try answer.data([String: Any].self)
        let expected =
            #"{"type":"binaryExpr","op":">","bool":true,"#
            + #""matching":{"card":"one-to-one","labels":["a"],"on":true,"include":[]},"#
            + #""lhs":{"type":"aggregation","op":"sum","grouping":["a"],"without":false,"#
            + #""param":null,"expr":{"type":"call","func":{"name":"rate","argTypes":["matrix"],"#
            + #""variadic":0,"returnType":"vector"},"args":[{"type":"matrixSelector","name":"x","#
            + #""range":300000,"rangeExpr":null,"offset":3600000,"offsetExpr":null,"#
            + #""timestamp":null,"startOrEnd":"start","#
            + #""matchers":[{"type":"=","name":"__name__","value":"x"},"#
            + #"{"type":"=~","name":"b","value":"c"}]}]}},"#
            + #""rhs":{"type":"unaryExpr","op":"-","expr":{"type":"vectorSelector","name":"y","#
            + #""offset":0,"offsetExpr":null,"timestamp":null,"startOrEnd":null,"#
            + #""matchers":[{"type":"=","name":"__name__","value":"y"}]}}}"#
        let wanted = try JSONSerialization.jsonObject(with: Data(expected.utf8)) as? NSDictionary
        #expect(NSDictionary(dictionary: tree) == wanted, "\(answer.text)")
    }

    @Test(arguments: [
        ("5", #"{"type":"numberLiteral","val":"5"}"#),
        (#""Nà Ếch""#, #"{"type":"stringLiteral","val":"Nà Ếch"}"#),
        (
            "(x[1h:5m] @ 7.5)",
            #"{"type":"parenExpr","expr":{"type":"subquery","range":3600000,"rangeExpr":null,"#
                + #""step":300000,"stepExpr":null,"offset":0,"offsetExpr":null,"timestamp":7500,"#
                + #""startOrEnd":null,"expr":{"type":"vectorSelector","name":"x","offset":0,"#
                + #""offsetExpr":null,"timestamp":null,"startOrEnd":null,"#
                + #""matchers":[{"type":"=","name":"__name__","value":"x"}]}}}"#
        ),
        (
            "x[-(2) ^ step():min_of(1m, range())] offset (0.5)",
            #"{"type":"subquery","range":0,"step":0,"offset":0,"timestamp":null,"#
                + #""startOrEnd":null,"rangeExpr":{"type":"durationExpr","op":"-","lhs":null,"#
                + #""rhs":{"type":"durationExpr","op":"^","lhs":{"type":"durationExpr","#
                + #""op":"+","lhs":null,"rhs":{"type":"numberLiteral","val":"2","#
                + #""duration":false},"wrapped":true},"rhs":{"type":"durationExpr","op":"step","#
                + #""lhs":null,"rhs":null,"wrapped":false},"wrapped":false},"wrapped":false},"#
                + #""stepExpr":{"type":"durationExpr","op":"min_of","lhs":{"#
                + #""type":"numberLiteral","val":"60","duration":true},"rhs":{"#
                + #""type":"durationExpr","op":"range","lhs":null,"rhs":null,"wrapped":false},"#
                + #""wrapped":false},"offsetExpr":{"type":"durationExpr","op":"+","lhs":null,"#
                + #""rhs":{"type":"numberLiteral","val":"0.5","duration":false},"#
                + #""wrapped":true},"expr":{"type":"vectorSelector","name":"x","offset":0,"#
                + #""offsetExpr":null,"timestamp":null,"startOrEnd":null,"#
                + #""matchers":[{"type":"=","name":"__name__","value":"x"}]}}"#
        ),
        (
            "1 + 2",
            #"{"type":"binaryExpr","op":"+","bool":false,"matching":null,"#
                + #""lhs":{"type":"numberLiteral","val":"1"},"#
                + #""rhs":{"type":"numberLiteral","val":"2"}}"#
        ),
    ])
    func `each kind of node has its members`(query: String, tree: String) async throws {
        let answer = try await api.post("/api/v1/parse_query", ["query": query])
        let data = try answer.data([String: Any].self)
        let wanted = try JSONSerialization.jsonObject(with: Data(tree.utf8)) as? NSDictionary
        #expect(NSDictionary(dictionary: data) == wanted, "\(answer.text)")
    }

    @Test func `metrics and labels with the most series are named`() async throws {
        let data = try await api.get("/api/v1/status/tsdb").data([String: Any].self)
        let head = try #require(data["headStats"] as? [String: Int])
        #expect(head["numSeries"] == 2)
        #expect(head["numLabelPairs"] == 5)
        #expect(head["minTime"] == 0)
        #expect(head["maxTime"] == 600_000)
        let metrics = try #require(data["seriesCountByMetricName"] as? [[String: Any]])
        #expect(metrics.count == 1)
        #expect(metrics[0]["name"] as? String == "lamp")
        #expect(metrics[0]["value"] as? Int == 2)
        let pairs = try #require(data["seriesCountByLabelValuePair"] as? [[String: Any]])
        #expect(pairs.first?["name"] as? String == "__name__=lamp")
        #expect(pairs.count == 5)
        let one = try await api.get("/api/v1/status/tsdb", ["limit": "1"]).data([String: Any].self)
        #expect((one["seriesCountByLabelValuePair"] as? [Any])?.count == 1)
        #expect(try await api.get("/api/v1/status/tsdb", ["limit": "10001"]).status == 400)
    }

    @Test func `an empty store has no least and no greatest time`() async throws {
        let api = APIClient(backend: VillageBackend())
        let data = try await api.get("/api/v1/status/tsdb").data([String: Any].self)
        let head = try #require(data["headStats"] as? [String: Int])
        // As Prometheus has them: whatever comes makes them right.
        #expect(head["minTime"] == .max)
        #expect(head["maxTime"] == .min)
    }

    @Test func `metadata is narrowed as Prometheus does it`() async throws {
        let cases: [(KeyValuePairs<String, String>, Set<String>)] = [
            ([:], ["lamp", "lamp_watts"]), (["metric": "lamp"], ["lamp"]),
            (["metric": "none"], []), (["limit": "1"], ["lamp"]), (["limit": "0"], []),
            (["limit": "-1"], ["lamp", "lamp_watts"]),
            (["limit_per_metric": "1"], ["lamp", "lamp_watts"]),
        ]
        for (parameters, names) in cases {
            let answer = try await api.get("/api/v1/metadata", parameters)
            #expect(Set(try answer.data([String: Any].self).keys) == names, "\(parameters)")
        }
        let one = try await api.get("/api/v1/metadata", ["metric": "lamp_watts"])
        #expect(
            one.text
                == #"{"status":"success","data":{"lamp_watts":[{"type":"gauge","#
                + #""help":"Power.","unit":"watts"}]}}"#
        )
    }

    @Test func `numbers very small and very large have an exponent`() async throws {
        let expected = [
            ("1e-6", "0.000001"), ("1e-7", "1e-07"), ("-1.5e-7", "-1.5e-07"), ("0", "0"),
            ("1e20", "100000000000000000000"), ("1e21", "1e+21"), ("-1.25e300", "-1.25e+300"),
            ("NaN", "NaN"), ("Inf", "+Inf"), ("-Inf", "-Inf"), ("5e-324", "5e-324"),
        ]
        for (number, text) in expected {
            let answer = try await api.get("/api/v1/query", ["query": number, "time": "4"])
            let result = try answer.data([String: Any].self)["result"] as? [Any]
            #expect(result?[1] as? String == text, "\(number)")
        }
    }

    @Test(arguments: [
        ("POST", "/api/v1/status/tsdb"), ("DELETE", "/api/v1/series"), ("PUT", "/api/v1/query"),
        ("POST", "/api/v1/rules"), ("POST", "/-/healthy"), ("PATCH", "/api/v1/metadata"),
    ])
    func `another method is refused with what is allowed`(
        method: String,
        path: String
    ) async throws {
        let answer = try await api.ask(try #require(HTTPRequest.Method(method)), path)
        #expect(answer.status == 405)
        #expect(answer.headers[.allow]?.contains("GET") == true)
        #expect(answer.text.contains(method))
    }

    @Test(arguments: ["/api/v1/query", "/api/v1/nothing", "/api/v1/query?query=1", "/-/ready"])
    func `a head has no body, whatever is wrong`(path: String) async throws {
        let answer = try await api.ask(.head, path)
        #expect(answer.body.isEmpty)
        let whole = try await api.ask(.get, path)
        #expect(answer.status == whole.status)
        #expect(answer.headers[.contentLength] != nil)
    }

    @Test func `an answer says all that it depends on`() async throws {
        var open = APIClient(backend: MemoryBackend())
        open.allowedOrigins = ["https://grafana.example"]
        let parameters: KeyValuePairs = [
            "query": "lamp", "start": "0", "end": "600", "step": "1",
        ]
        let answer = try await open.get(
            "/api/v1/query_range",
            parameters,
            headers: [.acceptEncoding: "gzip"]
        )
        #expect(answer.headers[.vary] == "Origin, Accept-Encoding")
        #expect(answer.headers[.contentLength] == "\(answer.body.count)")
    }

    @Test func `a path that is none is not found, in words`() async throws {
        let answer = try await api.get("/api/v1/admin/tsdb/snapshot")
        #expect(answer.status == 404)
        #expect(answer.headers[.contentType]?.hasPrefix("text/plain") == true)
    }

    @Test func `only pages of origins that are named may read answers`() async throws {
        var headers: HTTPFields = [.origin: "https://grafana.example"]
        let closed = try await api.ask(.options, "/api/v1/query", headers)
        #expect(closed.status == 204)
        #expect(closed.headers[.accessControlAllowOrigin] == nil)
        var open = APIClient(backend: MemoryBackend())
        open.allowedOrigins = ["https://grafana.example"]
        let preflight = try await open.ask(.options, "/api/v1/query", headers)
        #expect(preflight.status == 204)
        #expect(preflight.headers[.accessControlAllowOrigin] == "https://grafana.example")
        #expect(preflight.headers[.accessControlAllowMethods] == "GET, POST, HEAD, OPTIONS")
        headers[.origin] = "https://elsewhere.example"
        let other = try await open.ask(.get, "/api/v1/query?query=1", headers)
        #expect(other.headers[.accessControlAllowOrigin] == nil)
        #expect(other.headers[.vary]?.contains("Origin") == true)
    }

    @Test func `a timeout that is asked for is kept, the gateway's own is not exceeded`()
        async throws
    {
        let answer = try await api.get(
            "/api/v1/query",
            ["query": "lamp", "time": "600", "timeout": "0"]
        )
        #expect(answer.status == 503)
        #expect(answer.json["errorType"] as? String == "timeout")
        let long = try await api.get(
            "/api/v1/query",
            ["query": "lamp", "time": "600", "timeout": "1y"]
        )
        #expect(long.status == 200)
        let wrong = try await api.get("/api/v1/query", ["query": "lamp", "timeout": "soon"])
        #expect(wrong.status == 400)
    }

    /// Three groups in pages of two.
    private func followPages() async throws {
        var backend = MemoryBackend()
        backend.groups = ["lighting", "waste", "water"].flatMap { name in
            VillageBackend().village.ruleGroups().map { group in
                var group = group
                group.name = name
                return group
            }
        }
        let api = APIClient(backend: backend)
        func page(_ parameters: KeyValuePairs<String, String>) async throws
            -> (names: [String], token: String?)
        {
            let data = try await api.get("/api/v1/rules", parameters).data([String: Any].self)
            let groups = try #require(data["groups"] as? [[String: Any]])
            return (groups.compactMap { $0["name"] as? String }, data["groupNextToken"] as? String)
        }
        let first = try await page(["group_limit": "2"])
        #expect(first.names == ["lighting", "waste"])
        let token = try #require(first.token)
        let second = try await page(["group_limit": "2", "group_next_token": token])
        #expect(second.names == ["water"])
        #expect(second.token == nil)
    }

    @Test func `who wants the lookback of Prometheus switches the extension off`() async throws {
        // Devices that report each hour, half an hour after their last report.
        var backend = MemoryBackend(interval: .hours(1))
        backend.queryEngine.longestLookback = .days(2)
        let slow = APIClient(backend: backend)
        let cases: [(KeyValuePairs<String, String>, Int)] = [
            (["query": "lamp", "time": "2400"], 2),
            (["query": "lamp", "time": "2400", "adaptive_lookback": "true"], 2),
            (["query": "lamp", "time": "2400", "adaptive_lookback": "false"], 0),
            (["query": "lamp", "time": "2400", "lookback_delta": "5m"], 0),
            (["query": "lamp", "time": "2400", "lookback_delta": "1h"], 2),
        ]
        for (parameters, count) in cases {
            let data = try await slow.get("/api/v1/query", parameters).data([String: Any].self)
            #expect((data["result"] as? [Any])?.count == count, "\(parameters)")
        }
        let wrong = try await api.get(
            "/api/v1/query",
            ["query": "lamp", "adaptive_lookback": "sometimes"]
        )
        #expect(wrong.status == 400)
    }

    @Test func `rules are narrowed, and come in pages`() async throws {
        let api = APIClient(backend: VillageBackend())
        func names(_ parameters: KeyValuePairs<String, String>) async throws -> [String] {
            let data = try await api.get("/api/v1/rules", parameters)
                .data([String: [[String: Any]]].self)
            return try #require(data["groups"]).compactMap { $0["name"] as? String }
        }
        #expect(try await names(["rule_name[]": "FeederOutage"]) == ["lighting"])
        #expect(try await names(["rule_name": "Other"]).isEmpty)
        #expect(try await names(["file[]": "lighting.yaml"]) == ["lighting"])
        #expect(try await names(["file": "waste.yaml"]).isEmpty)
        #expect(try await names(["rule_group[]": "lighting"]) == ["lighting"])
        #expect(try await names(["match[]": #"{code="A9"}"#]) == ["lighting"])
        #expect(try await names(["match[]": #"{code="A1"}"#]).isEmpty)
        let bare = try await api.get("/api/v1/rules", ["exclude_alerts": "true"])
        #expect(bare.text.contains(#""alerts":[]"#))
        let whole = try await api.get("/api/v1/rules", ["group_limit": "1"])
        #expect(try whole.data([String: Any].self)["groupNextToken"] == nil)
        try await followPages()
        let token: KeyValuePairs = ["group_limit": "1", "group_next_token": "gone;gone"]
        #expect(try await api.get("/api/v1/rules", token).status == 400)
        let alone = try await api.get("/api/v1/rules", ["group_next_token": "lighting.yaml"])
        #expect(alone.status == 400)
        #expect(try await api.get("/api/v1/rules", ["type": "other"]).status == 400)
    }
}
