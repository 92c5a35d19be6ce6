import AsyncHTTPClient
import Foundation
@testable import Gateway
import NIOCore
import NIOHTTP1
import Synchronization
import Telemetry
import TestKit
import Testing

/// The program itself, ended and killed while one alert fires and another is pending.
///
/// Rules are judged at whole minutes by the clock of the machine, so this takes three of them, or
/// more where the program is slow to start: a minute at which it is not there is not judged.
@Suite(.separateThread, .enabled(if: BrokerProcess.program != nil && LangsoProgram.path != nil))
struct RestartedAlertsTests {
    private static let rules = """
        groups:
          - name: pumps
            rules:
              - alert: PumpHot
                expr: last_over_time(pump_temperature_celsius[1h]) > 80
              - alert: PumpWarm
                expr: last_over_time(pump_temperature_celsius[1h]) > 70
                for: 1m
        """

    /// `langso serve` that can be started again and again over one data folder.
    private final class Served {
        let folder: TemporaryFolder
        let address: String
        private let config: String
        private(set) var process: ChildProcess

        init(_ folder: TemporaryFolder, broker: Int, webhook: Int) throws {
            self.folder = folder
            let port = try BrokerProcess.freePort()
            address = "http://127.0.0.1:\(port)"
            config = folder.path(of: "langso.yaml")
            let rules = folder.path(of: "rules")
            try FileManager.default.createDirectory(
                atPath: rules,
                withIntermediateDirectories: true
            )
            try RestartedAlertsTests.rules.write(
                toFile: "\(rules)/pumps.yaml",
                atomically: true,
                encoding: .utf8
            )
            try """
            name: restarts
            data: data
            rules: rules
            broker: {host: 127.0.0.1, port: \(broker), client_id: restarts}
            subscriptions: [{topic: logger/+, family: plain_json, profile: json-datalogger}]
            store: {size: 8MiB, maximum_series: 10000}
            journal: {size: 16MiB, segment: 1MiB}
            web: {port: \(port), remote_write: true}
            alerts:
              alertmanagers: ["http://127.0.0.1:\(webhook)/hook"]
              receivers: [{name: crew, kind: webhook, url: "http://127.0.0.1:\(webhook)/hook"}]
            """.write(toFile: config, atomically: true, encoding: .utf8)
            process = try Self.start(config, folder)
        }

        private static func start(
            _ config: String,
            _ folder: TemporaryFolder
        ) throws -> ChildProcess {
            try ChildProcess(
                program: try #require(LangsoProgram.path),
                arguments: ["serve", "--config", config, "--log-level", "notice"],
                logPath: folder.path(of: "log")
            )
        }

        /// Ends it by a signal and starts it again.
        func restart(by signal: Int32) async throws {
            end(by: signal)
            process = try Self.start(config, folder)
            try await wait("its page") { try await self.alerts() != nil }
        }

        func end(by signal: Int32) { process.end(by: signal, within: LangsoProgram.patience) }

        var log: String {
            (try? String(contentsOfFile: folder.path(of: "log"), encoding: .utf8)) ?? ""
        }

        func wait(_ what: String, until condition: () async throws -> Bool) async throws {
            // A minute and the rest of one, on a machine with other work.
            let deadline = ContinuousClock.now + .seconds(180)
            while try await !condition() {
                try #require(process.isRunning, "it ended: \(log)")
                try #require(ContinuousClock.now < deadline, "waited in vain for \(what): \(log)")
                await GatewayUnderTest.tick()
            }
        }

        private func get(_ path: String) async throws -> Data? {
            let request = HTTPClientRequest(url: address + path)
            guard
                let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(10)),
                answer.status == .ok
            else { return nil }
            return Data(String(buffer: try await answer.body.collect(upTo: 1 << 20)).utf8)
        }

        /// An open alert as the gateway's own API shows it.
        struct Shown: Decodable, Hashable {
            let number: Int
            let name: String
            let state: String
            let activeAt: String
            let firedAt: String?
        }

        /// The open alerts by name; nil while nobody answers.
        func alerts() async throws -> [String: Shown]? {
            struct Alerts: Decodable { let open: [Shown] }
            guard let data = try await get("/api/langso/v1/alerts") else { return nil }
            let open = try JSONDecoder().decode(Alerts.self, from: data).open
            return Dictionary(open.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        }

        /// What an instant query gives, as lines.
        func query(_ expression: String, at time: Instant) async throws -> [String] {
            let request = QueryRequest(expression: expression, times: .instant(time))
            return try QueryTool.lines(of: try await QueryTool.ask(request, url: address))
        }

        /// The minutes at which an alert was open and rules were judged, as stored, in rising
        /// order.
        func minutes(_ alert: String, _ state: String) async throws -> [Instant] {
            let selector = #"ALERTS{alertname="\#(alert)",alertstate="\#(state)"}"#
            let now = GatewayRuntime.systemClock()
            return try await query("\(selector)[1h]", at: now).compactMap { line in
                line.split(separator: " @ ").last.flatMap { Instant(rfc3339: String($0)) }
            }
        }

        /// Waits until the rules have been judged after a time and that is stored.
        func judged(after time: Instant) async throws {
            try await wait("a minute after \(time.rfc3339)") {
                (try? await minutes("PumpHot", "firing"))?.last.map { $0 > time } == true
            }
        }
    }

    /// An alert of a post to an Alertmanager.
    private struct Told: Decodable {
        let labels: [String: String]
        let startsAt: String
        let endsAt: String
    }

    @Test func `alerts go on as they were, whether the gateway was told to end or was killed`()
        async throws
    {
        let folder = try TemporaryFolder("langso-restarts")
        let broker = try BrokerProcess()
        let webhook = Webhook()
        let (port, server) = try await webhook.serve(on: SeparateThread.preference)
        defer { server.cancel() }
        let served = try Served(folder, broker: broker.port, webhook: port)
        defer { served.end(by: SIGKILL) }
        try await served.wait("its page") { try await served.alerts() != nil }
        let reading = Sample(time: GatewayRuntime.systemClock(), value: 90)
        let labels = ["__name__": "pump_temperature_celsius", "device": "B-1"]
        #expect(try await SamplePush.send([(labels, [reading])], to: served.address).status == 204)
        // The first minute: one fires, one is pending.
        try await served.wait("both alerts") { try await served.alerts()?.count == 2 }
        let first = try #require(try await served.alerts())
        let hot = try #require(first["PumpHot"])
        let warm = try #require(first["PumpWarm"])
        #expect(hot.state == "firing" && hot.firedAt == hot.activeAt)
        let begin = try #require(Instant(rfc3339: hot.activeAt))
        try await served.judged(after: begin - .seconds(1))
        try await served.wait("word of it") { !told(webhook, "PumpHot").isEmpty }
        for signal in [SIGTERM, SIGKILL] {
            try await served.restart(by: signal)
            let found = try #require(try await served.alerts())
            #expect(found["PumpHot"] == hot, "after \(signal)")
            expectSame(found["PumpWarm"], warm, "after \(signal)")
        }
        // A later one: what was pending has held for its minute, in three lives of the gateway.
        try await served.wait("the other alert") {
            try await served.alerts()?["PumpWarm"]?.state == "firing"
        }
        let second = try #require(try await served.alerts())
        #expect(second["PumpHot"] == hot)
        expectSame(second["PumpWarm"], warm, "when it fires")
        let fired = try #require(second["PumpWarm"]?.firedAt.flatMap { Instant(rfc3339: $0) })
        try await served.judged(after: fired - .seconds(1))
        let judged = try await served.minutes("PumpHot", "firing")
        #expect(fired == judged.first { $0 >= begin + .minutes(1) }, "\(judged)")
        try await served.wait("word of it") { !told(webhook, "PumpWarm").isEmpty }
        for signal in [SIGKILL, SIGTERM] {
            try await served.restart(by: signal)
            #expect(try await served.alerts() == second, "after \(signal)")
        }
        let last = GatewayRuntime.systemClock()
        try await served.judged(after: last)
        #expect(try await served.alerts() == second)
        try await expectWholeSeries(served, from: begin, firing: fired, to: last)
        try await served.wait("word after the last start") { told(webhook, "PumpHot").count >= 3 }
        served.end(by: SIGTERM)
        #expect(served.process.exitCode == 0, "\(served.log)")
        expectToldOnce(webhook, ["PumpHot": begin, "PumpWarm": fired])
    }

    /// An alert is the one that was pending before, whether it fires by now or not.
    private func expectSame(_ found: Served.Shown?, _ before: Served.Shown, _ when: Comment) {
        #expect(found?.number == before.number, when)
        #expect(found?.activeAt == before.activeAt, when)
    }

    /// The series of alerts have one value and no gap: a marker would end them between two minutes.
    private func expectWholeSeries(
        _ served: Served,
        from begin: Instant,
        firing fired: Instant,
        to last: Instant
    ) async throws {
        let seconds = begin.milliseconds / 1000
        for second in stride(from: 0, through: (last - begin).count / 1000, by: 10) {
            let time = begin + .seconds(second)
            for name in ["PumpHot", "PumpWarm"] {
                let since = "ALERTS_FOR_STATE{alertname=\"\(name)\"}"
                let lines = try await served.query(since, at: time)
                #expect(lines.count == 1 && lines[0].contains("=> \(seconds) @"), "\(lines)")
            }
            let isPending = time < fired
            let states = try await served.query(
                "count by (alertname, alertstate) (ALERTS)",
                at: time
            )
            #expect(states.count == 2, "\(states)")
            #expect(states.count { $0.contains("pending") } == (isPending ? 1 : 0), "\(states)")
        }
    }

    private func told(_ webhook: Webhook, _ name: String) -> [Told] {
        webhook.posts.withLock { $0 }.flatMap { post in
            (try? JSONDecoder().decode([Told].self, from: Data(post.utf8))) ?? []
        }.filter { $0.labels["alertname"] == name }
    }

    /// An Alertmanager hears of each alert with one start, and of no end; other receivers hear of
    /// each once, or of the same again where the gateway was killed before it noted their answer.
    private func expectToldOnce(_ webhook: Webhook, _ starts: [String: Instant]) {
        for (name, start) in starts {
            let told = told(webhook, name)
            #expect(Set(told.map(\.startsAt)) == [start.rfc3339], "\(told)")
            #expect(told.allSatisfy { $0.endsAt > $0.startsAt }, "\(told)")
            for alert in told {
                let end = Instant(rfc3339: alert.endsAt) ?? .distantPast
                #expect(end - start >= .minutes(4), "it is told to end: \(alert)")
            }
            let others = webhook.posts.withLock { $0 }.filter {
                $0.hasPrefix("{") && $0.contains("\"\(name)\"")
            }
            #expect(Set(others).count == 1, "\(others)")
        }
    }
}
