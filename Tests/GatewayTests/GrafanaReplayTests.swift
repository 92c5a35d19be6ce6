import AsyncHTTPClient
import Foundation
@testable import Gateway
import NIOCore
import NIOHTTP1
import Telemetry
import TestKit
import Testing
import WebServer

/// The requests that Grafana's Prometheus data source sends, to a gateway with its real store, over
/// HTTP and below a path; what each answers exactly, the tests of the web server say.
@Suite(.oneAtATime) struct GrafanaReplayTests {
    private typealias Form = [(String, String)]

    private static let midnight = GatewayUnderTest.midnight
    private static let window: Form = [
        ("start", "\(midnight.milliseconds / 1000 - 6 * 3600)"),
        ("end", "\(midnight.milliseconds / 1000)"),
    ]

    /// A gateway of lamps in two villages that have reported for six hours.
    private static func gateway(_ folder: TemporaryFolder) async throws -> GatewayUnderTest {
        var settings = try GatewayUnderTest.settings(
            folder,
            port: 1,
            subscriptions: [try GatewayUnderTest.nothing()]
        )
        settings.takesRemoteWrite = true
        settings.webPrefix = try SitePrefix("/lang-so")
        let gateway = try await GatewayUnderTest(settings, clock: { midnight })
        var lamps: [(labels: [String: String], [Sample])] = []
        for village in ["Nà Ếch", "Ngàn Chi"] {
            for number in 1...5 {
                let samples = (1...36).map { age in
                    Sample(time: midnight - .minutes(age * 10), value: Double(60 + number))
                }
                let labels = [
                    "__name__": "lamp_power_watts", "device": "den-\(village)-\(number)",
                    "village": village,
                ]
                lamps.append((labels, samples.reversed()))
            }
        }
        let answer = try await SamplePush.send(lamps, to: gateway.address)
        #expect(answer.status == 204, "\(answer.text)")
        await gateway.runtime.judge(at: midnight - .minutes(1))
        return gateway
    }

    /// `data` of the answer to a request.
    private static func ask(
        _ gateway: GatewayUnderTest,
        _ method: HTTPMethod,
        _ path: String,
        _ form: Form = []
    ) async throws -> Any {
        func encoded(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
        let text = form.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
        let url = gateway.address + "/api/v1/" + path
        var request = HTTPClientRequest(url: method == .GET ? "\(url)?\(text)" : url)
        request.method = method
        if method == .POST {
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: text))
        }
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let body = Data(try await answer.body.collect(upTo: 16 << 20).readableBytesView)
        let said = String(decoding: body.prefix(300), as: UTF8.self)
        #expect(answer.status == .ok, "\(path): \(said)")
        let json = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        #expect(json?["status"] as? String == "success", "\(path): \(said)")
        return try #require(json?["data"], "\(path): \(said)")
    }

    @Test func `a gateway answers all that Grafana asks`() async throws {
        let folder = try TemporaryFolder("langso-grafana")
        let gateway = try await Self.gateway(folder)
        try await Self.checkConnection(gateway)
        try await Self.fillVariables(gateway)
        try await Self.drawPanels(gateway)
        try await Self.editQueries(gateway)
        try await Self.listAlerts(gateway)
        try await gateway.stop()
    }

    private static func checkConnection(_ gateway: GatewayUnderTest) async throws {
        let sum = try await ask(gateway, .POST, "query", [("query", "1+1"), ("time", "4")])
        let result = (sum as? [String: Any])?["result"] as? [Any]
        #expect(result?.first as? Int == 4 && result?.last as? String == "2")
        let build = try await ask(gateway, .GET, "status/buildinfo") as? [String: Any]
        #expect((build?["version"] as? String)?.hasPrefix("3.") == true)
        let runtime = try await ask(gateway, .GET, "status/runtimeinfo") as? [String: Any]
        #expect(runtime?["startTime"] as? String == midnight.rfc3339)
        #expect(runtime?["storageRetention"] as? String == "8MiB")
        for path in ["flags", "config"] {
            #expect(try await gateway.get("/api/v1/status/\(path)").status == 404)
        }
        let exemplars: Form = [("query", "lamp_power_watts")] + window
        let none = try await ask(gateway, .POST, "query_exemplars", exemplars) as? [Any]
        #expect(none?.isEmpty == true)
    }

    private static func fillVariables(_ gateway: GatewayUnderTest) async throws {
        let names = try await ask(gateway, .GET, "label/__name__/values", window) as? [String]
        #expect(names?.contains("lamp_power_watts") == true)
        // Help and type are there for all that is stored but what others push.
        let metadata = try await ask(gateway, .GET, "metadata") as? [String: [[String: String]]]
        let known = try #require(metadata)
        for name in names ?? [] {
            let family = ["_sum", "_count"].first { name.hasSuffix($0) }
            let entry = known[name] ?? family.flatMap { known[String(name.dropLast($0.count))] }
            #expect(entry?.first?["help"]?.isEmpty == false, "nothing is said of \(name)")
        }
        let villages: Form = [("match[]", "lamp_power_watts")] + window
        let values = try await ask(gateway, .GET, "label/village/values", villages) as? [String]
        #expect(values == ["Ngàn Chi", "Nà Ếch"])
        let labels = try await ask(gateway, .POST, "labels", villages) as? [String]
        #expect(labels == ["__name__", "device", "village"])
        let series = try await ask(gateway, .POST, "series", villages + [("limit", "4")]) as? [Any]
        #expect(series?.count == 4)
        let outside: Form = [("start", "0"), ("end", "600")]
        let empty = try await ask(gateway, .GET, "label/village/values", outside) as? [String]
        #expect(empty == [])
    }

    private static func drawPanels(_ gateway: GatewayUnderTest) async throws {
        let average = "sum by (village) (avg_over_time(lamp_power_watts[30m]))"
        let form: Form = [("query", average), ("step", "600"), ("timeout", "30s")] + window
        for method in [HTTPMethod.POST, .GET] {
            let data = try await ask(gateway, method, "query_range", form) as? [String: Any]
            let result = data?["result"] as? [[String: Any]]
            #expect(result?.count == 2)
            let points = result?.first?["values"] as? [[Any]]
            #expect(points?.count == 37)
            #expect(points?.last?.last as? String == "315")
        }
        let query = "count(count_over_time(lamp_power_watts[1h]))"
        let latest: Form = [("query", query), ("time", window[1].1)]
        let data = try await ask(gateway, .POST, "query", latest) as? [String: Any]
        let value = (data?["result"] as? [[String: Any]])?.first?["value"] as? [Any]
        #expect(value?.last as? String == "10")
    }

    private static func editQueries(_ gateway: GatewayUnderTest) async throws {
        let power = try await ask(gateway, .GET, "metadata", [("metric", "lamp_power_watts")])
        let entry = (power as? [String: [[String: String]]])?["lamp_power_watts"]?.first
        #expect(entry?["type"] == "gauge" && entry?["unit"] == "watts")
        for method in [HTTPMethod.GET, .POST] {
            let text = try await ask(gateway, method, "format_query", [("query", "sum  (x)")])
            #expect(text as? String == "sum(x)")
            let tree = try await ask(gateway, method, "parse_query", [("query", "x")])
            #expect((tree as? [String: Any])?["type"] as? String == "vectorSelector")
        }
        let tsdb = try await ask(gateway, .GET, "status/tsdb", [("limit", "3")]) as? [String: Any]
        #expect((tsdb?["seriesCountByMetricName"] as? [Any])?.count == 3)
    }

    private static func listAlerts(_ gateway: GatewayUnderTest) async throws {
        let rules = try await ask(gateway, .GET, "rules", [("type", "alert")]) as? [String: Any]
        let groups = rules?["groups"] as? [[String: Any]]
        #expect(groups?.isEmpty == false)
        let alerts = try await ask(gateway, .GET, "alerts") as? [String: Any]
        #expect(alerts?["alerts"] is [Any])
        for path in ["targets", "targets/metadata"] { _ = try await ask(gateway, .GET, path) }
    }
}
