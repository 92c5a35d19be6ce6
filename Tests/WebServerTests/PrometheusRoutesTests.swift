import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import PromQL
import Telemetry
import Testing
import WebServer

@Suite struct PrometheusRoutesTests {
    /// Asks the router and reads the answer as JSON.
    private func get(
        _ path: String,
        method: HTTPRequest.Method = .get
    ) async throws -> (status: Int, body: [String: Any]) {
        let router = WebApplication.router(MemoryBackend(), pagesFolder: "/nowhere")
        let answer = try await Application(router: router).test(.router) { client in
            try await client.execute(uri: path, method: method)
        }
        let bytes = Data(answer.body.readableBytesView)
        let object = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        return (answer.status.code, object ?? [:])
    }

    private func data(_ path: String) async throws -> [String: Any] {
        let answer = try await get(path)
        #expect(answer.status == 200)
        #expect(answer.body["status"] as? String == "success")
        return try #require(answer.body["data"] as? [String: Any])
    }

    @Test func `an instant query answers with a vector in Prometheus' shape`() async throws {
        let data = try await data("/api/v1/query?query=lamp%7Bsite%3D%22a%22%7D&time=600")
        #expect(data["resultType"] as? String == "vector")
        let result = try #require(data["result"] as? [[String: Any]])
        #expect(result.count == 1)
        let metric = ["__name__": "lamp", "site": "a", "village": "Nà Ếch"]
        #expect(result[0]["metric"] as? [String: String] == metric)
        let value = try #require(result[0]["value"] as? [Any])
        #expect((value[0] as? NSNumber)?.doubleValue == 600)
        #expect(value[1] as? String == "10")
    }

    @Test func `a scalar and a string have their own shapes`() async throws {
        let scalar = try await data("/api/v1/query?query=1%2F0&time=5")
        #expect(scalar["resultType"] as? String == "scalar")
        #expect((scalar["result"] as? [Any])?[1] as? String == "+Inf")
        let text = try await data("/api/v1/query?query=%22x%22&time=5")
        #expect(text["resultType"] as? String == "string")
    }

    @Test func `a range query answers with a matrix`() async throws {
        let data = try await data(
            "/api/v1/query_range?query=sum(lamp)&start=0&end=600&step=60"
        )
        #expect(data["resultType"] as? String == "matrix")
        let result = try #require(data["result"] as? [[String: Any]])
        #expect((result.first?["values"] as? [Any])?.count == 11)
    }

    @Test func `who asks for statistics is told what answered`() async throws {
        let path = "/api/v1/query?query=lamp&time=600"
        #expect(try await data(path)["stats"] == nil)
        let stats = try #require(try await data(path + "&stats=all")["stats"] as? [String: Any])
        let timings = try #require(stats["timings"] as? [String: NSNumber])
        #expect(
            Set(timings.keys) == ["evalTotalTime", "execQueueTime", "execTotalTime"]
        )
        let samples = try #require(stats["samples"] as? [String: NSNumber])
        #expect(samples == ["totalQueryableSamples": 2])
        let tiers = try #require(stats["tiers"] as? [[String: Any]])
        #expect(tiers.map { $0["name"] as? String } == ["raw"])
        #expect(tiers.map { $0["samples"] as? Int } == [2])
    }

    @Test func `windows that cut a summary are told in an info`() async throws {
        let exact = try await get("/api/v1/query?query=count_over_time(lamp%5B1h%5D)&time=600")
        #expect(exact.body["infos"] == nil)
        let range = "start=3300&end=3300&step=60&stats=all"
        let answer = try await get(
            "/api/v1/query_range?query=count_over_time(lamp%5B1h%5D)&" + range
        )
        let infos = try #require(answer.body["infos"] as? [String])
        #expect(infos.count == 1)
        #expect(infos[0].hasPrefix("PromQL info: 2 summaries reach over the edge of a window"))
        let data = try #require(answer.body["data"] as? [String: Any])
        let stats = try #require(data["stats"] as? [String: Any])
        let tiers = try #require(stats["tiers"] as? [[String: Any]])
        #expect(tiers.map { $0["name"] as? String } == ["10m"])
        #expect(tiers.map { $0["inexact"] as? Int } == [2])
    }

    @Test(arguments: [
        ("/api/v1/query?query=sum(", 400, "bad_data"),
        ("/api/v1/query", 400, "bad_data"),
        ("/api/v1/query?query=up&time=soon", 400, "bad_data"),
        ("/api/v1/query_range?query=up&start=0&end=600&step=0", 400, "bad_data"),
        ("/api/v1/query_range?query=up&start=600&end=0&step=1", 400, "bad_data"),
        ("/api/v1/query_range?query=up&start=0&end=6000000&step=1", 400, "bad_data"),
        ("/api/v1/query?query=lamp%20%2B%20on()%20lamp&time=600", 422, "execution"),
        ("/api/v1/series", 400, "bad_data"),
    ])
    func `a fault has its status and its kind`(
        path: String,
        status: Int,
        kind: String
    ) async throws {
        let answer = try await get(path)
        #expect(answer.status == status)
        #expect(answer.body["status"] as? String == "error")
        #expect(answer.body["errorType"] as? String == kind)
        #expect((answer.body["error"] as? String)?.isEmpty == false)
    }

    @Test func `series, labels and values are listed`() async throws {
        let series = try await get("/api/v1/series?match%5B%5D=lamp&start=0&end=600").body
        #expect((series["data"] as? [[String: String]])?.count == 2)
        let labels = try await get("/api/v1/labels?start=0&end=600").body
        #expect(labels["data"] as? [String] == ["__name__", "site", "village"])
        let values = try await get("/api/v1/label/site/values?start=0&end=600").body
        #expect(values["data"] as? [String] == ["a", "b"])
    }

    @Test func `a path out of the pages' folder is not served`() async throws {
        let router = WebApplication.router(MemoryBackend(), pagesFolder: "/")
        try await Application(router: router).test(.router) { client in
            for path in ["/assets/..%2Fetc%2Fpasswd", "/assets/../etc/passwd", "/assets/x.html"] {
                let answer = try await client.execute(uri: path, method: .get)
                #expect(answer.status == .notFound)
            }
        }
    }
}
