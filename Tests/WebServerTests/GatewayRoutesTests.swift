import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import WebServer

/// The gateway's own API, the probes, and what is said where there is nothing.
@Suite struct GatewayRoutesTests {
    private func ask(
        _ path: String,
        method: HTTPRequest.Method = .get,
        headers: HTTPFields = [:],
        backend: VillageBackend = VillageBackend()
    ) async throws -> TestResponse {
        let router = WebApplication.router(backend, pagesFolder: "/nowhere")
        return try await Application(router: router).test(.router) { client in
            try await client.execute(uri: path, method: method, headers: headers)
        }
    }

    private func json(_ path: String) async throws -> Any {
        let answer = try await ask("/api/langso/v1/\(path)")
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.cacheControl] == "no-store")
        return try JSONSerialization.jsonObject(with: Data(answer.body.readableBytesView))
    }

    /// Paths of all members, as `open[].code`, sorted: the shape that integrators rely on.
    private func shape(_ value: Any, _ path: String = "") -> Set<String> {
        if let object = value as? [String: Any] {
            return object.reduce(into: []) { paths, member in
                let inner = path.isEmpty ? member.key : "\(path).\(member.key)"
                paths.formUnion(shape(member.value, inner))
            }
        }
        if let array = value as? [Any] {
            return array.reduce(into: []) { $0.formUnion(shape($1, "\(path)[]")) }
        }
        return [path]
    }

    @Test func `the overview has its members and leaves out what has no data`() async throws {
        let value = try #require(try await json("overview") as? [String: Any])
        let wanted = """
            broker.address broker.lastMessageAt broker.messages broker.state isSimulated name \
            openAlerts.critical openAlerts.major openAlerts.minor openAlerts.warning \
            services[].devices services[].devicesUp services[].figures[].id \
            services[].figures[].nameEn services[].figures[].nameVi services[].figures[].unit \
            services[].figures[].value services[].isSimulated services[].kind store.budgetBytes \
            store.newest store.oldest store.samples store.series store.usedBytes time \
            undecoded.bad_payload undecoded.no_profile villages[].bins villages[].code \
            villages[].fullestBin villages[].isSimulated villages[].lamps \
            villages[].lampsExpected villages[].lampsOn villages[].latitude \
            villages[].longitude villages[].name villages[].openAlerts villages[].unit \
            villages[].waterCubicMetresPerDay
            """
        #expect(shape(value).sorted().joined(separator: " ") == wanted)
        let villages = try #require(value["villages"] as? [[String: Any]])
        #expect(villages.map { $0["fullestBin"] as? Double } == [0.875, 0.41, nil])
        #expect(villages[2].keys.contains("fullestBin") == false)
    }

    @Test func `alerts have their members`() async throws {
        let wanted = """
            absorbedBy activeAt code expression firedAt isSimulated labels.alertname \
            labels.village members[] name number severity state summaryEn summaryVi value
            """
        let shape = shape(try await json("alerts"))
        let open = shape.filter { $0.hasPrefix("open[].") }.map { $0.dropFirst(7) }.sorted()
        #expect(open.joined(separator: " ") == wanted)
        #expect(shape.contains("past[].resolvedAt"))
    }

    @Test func `devices have their members`() async throws {
        let wanted = """
            code expectedIntervalSeconds isSimulated kind lastMessageAt name profile \
            readings[].channel readings[].metric readings[].time readings[].unit \
            readings[].value state unit village
            """
        let shape = shape(try await json("devices")).filter { $0 != "[].readings" }
        let members = shape.map { $0.dropFirst(3) }.sorted()
        #expect(members.joined(separator: " ") == wanted)
    }

    @Test func `indicators have their members and all four outcomes`() async throws {
        let value = try #require(try await json("indicators") as? [String: Any])
        let wanted = """
            code coverage criterion criterionEn criterionVi evidence expressions[] from high id \
            isNameVerified isSimulated low nameEn nameVi outcome reasonEn reasonVi thresholdEn \
            thresholdSource thresholdVi to unit value
            """
        let prefix = "scorecards[].verdicts[]."
        let members = shape(value).filter { $0.hasPrefix(prefix) }.map {
            String($0.dropFirst(prefix.count))
        }
        #expect(members.sorted().joined(separator: " ") == wanted)
        let cards = try #require(value["scorecards"] as? [[String: Any]])
        let verdicts = try #require(cards.first?["verdicts"] as? [[String: Any]])
        let outcomes = Set(verdicts.compactMap { $0["outcome"] as? String })
        #expect(outcomes == ["met", "not_met", "not_enough_data", "no_threshold"])
    }

    @Test(arguments: [("", 15), ("?limit=4", 4), ("?limit=0", 15), ("?limit=90000", 15)])
    func `undecoded messages are listed up to the limit`(query: String, count: Int) async throws {
        let value = try #require(try await json("dead-letters\(query)") as? [String: Any])
        #expect((value["messages"] as? [Any])?.count == count)
        #expect((value["counts"] as? [String: Int]) == ["no_profile": 12, "bad_payload": 3])
    }

    @Test func `a limit that is no number is refused with a sentence`() async throws {
        let answer = try await ask("/api/langso/v1/dead-letters?limit=many")
        #expect(answer.status == .badRequest)
        #expect(String(buffer: answer.body).contains("parsing \\\"many\\\": invalid syntax"))
    }

    @Test func `undecoded messages are decoded again on POST alone`() async throws {
        let path = "/api/langso/v1/dead-letters/decode"
        let answer = try await ask(path, method: .post)
        #expect(String(buffer: answer.body) == #"{"decoded":12,"failed":3,"tried":15}"#)
        #expect(try await ask(path).status == .notFound)
        let failed = try await ask(path, method: .post, backend: VillageBackend(isRecovering: true))
        #expect(failed.status == .internalServerError)
        #expect(String(buffer: failed.body).contains("cannot decode the undecoded messages again"))
    }

    @Test func `codecs are listed, and run again on POST alone`() async throws {
        let list = try await ask("/api/langso/v1/codecs")
        #expect(
            String(buffer: list.body)
                == #"{"codecs":[{"calls":3,"failures":3,"kills":3,"name":"meter","#
                + #""quarantine":"it hangs","waiting":7,"warnings":0}]}"#
        )
        let path = "/api/langso/v1/codecs/release"
        let done = try await ask("\(path)?name=meter", method: .post)
        #expect(String(buffer: done.body) == #"{"waiting":7,"wasQuarantined":true}"#)
        #expect(try await ask("\(path)?name=meter").status == .notFound)
        let unknown = try await ask("\(path)?name=none", method: .post)
        #expect(unknown.status == .notFound)
        #expect(String(buffer: unknown.body).contains("there is no codec 'none'"))
        let unnamed = try await ask(path, method: .post)
        #expect(unnamed.status == .badRequest)
    }

    @Test func `the probe says 503 until the store is recovered`() async throws {
        let recovering = VillageBackend(isRecovering: true)
        #expect(try await ask("/-/ready", backend: recovering).status == .serviceUnavailable)
        #expect(try await ask("/-/healthy", backend: recovering).status == .ok)
        #expect(try await ask("/-/ready").status == .ok)
        let query = try await ask("/api/v1/query?query=up", backend: recovering)
        #expect(query.status == .serviceUnavailable)
        #expect(String(buffer: query.body).contains("still recovering"))
    }

    @Test func `metrics come in the text format of Prometheus`() async throws {
        let answer = try await ask("/metrics")
        #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        let expected = """
            # HELP langso_messages_total Messages.
            # TYPE langso_messages_total counter
            langso_messages_total 184213

            """
        #expect(String(buffer: answer.body) == expected)
    }

    @Test func `rules and alerts are shown as Prometheus shows them`() async throws {
        let rules = String(buffer: try await ask("/api/v1/rules?type=alert").body)
        #expect(rules.contains(#""name":"FeederOutage""#))
        let alerts = String(buffer: try await ask("/api/v1/alerts").body)
        #expect(alerts.contains(#""value":"1e+00""#))
    }

    @Test func `where there is nothing the answer says so`() async throws {
        let api = try await ask("/api/langso/v1/lamps")
        #expect(api.status == .notFound)
        #expect(
            String(buffer: api.body)
                == #"{"status":"error","errorType":"not_found","#
                + #""error":"there is nothing at GET /api/langso/v1/lamps"}"#
        )
        let page = try await ask("/lamps")
        #expect(page.status == .notFound)
        #expect(page.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(String(buffer: page.body) == "there is nothing at GET /lamps\n")
    }
}
