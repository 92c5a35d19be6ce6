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
/// Rules are judged at whole minutes by the clock of the machine, so this takes three of them.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil && LangsoProgram.path != nil))
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

        /// Waits until the rules have been judged at a minute and that is stored.
        func judged(_ minute: Instant) async throws {
            try await wait("the minute \(minute.rfc3339)") {
                let expression = #"timestamp(ALERTS_FOR_STATE{alertname="PumpHot"})"#
                guard let lines = try? await query(expression, at: minute + .seconds(30)) else {
                    return false
                }
                return lines.contains { $0.contains("=> \(minute.milliseconds / 1000) @") }
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
        let (port, server) = try await webhook.serve()
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
        #expect(warm.state == "pending")
        let begin = try #require(Instant(rfc3339: hot.activeAt))
        try await served.judged(begin)
        try await served.wait("word of it") { !told(webhook, "PumpHot").isEmpty }
        for signal in [SIGTERM, SIGKILL] {
            try await served.restart(by: signal)
            #expect(try await served.alerts() == first, "after \(signal)")
        }
        // The second: what was pending has held for its minute, in three lives of the gateway.
        try await served.judged(begin + .minutes(1))
        let second = try #require(try await served.alerts())
        #expect(second["PumpHot"] == hot)
        #expect(second["PumpWarm"]?.state == "firing")
        #expect(second["PumpWarm"]?.number == warm.number)
        #expect(second["PumpWarm"]?.activeAt == warm.activeAt)
        #expect(second["PumpWarm"]?.firedAt == (begin + .minutes(1)).rfc3339)
        try await served.wait("word of it") { !told(webhook, "PumpWarm").isEmpty }
        for signal in [SIGKILL, SIGTERM] {
            try await served.restart(by: signal)
            #expect(try await served.alerts() == second, "after \(signal)")
        }
        try await served.judged(begin + .minutes(2))
        #expect(try await served.alerts() == second)
        try await expectWholeSeries(served, from: begin)
        try await served.wait("word after the last start") { told(webhook, "PumpHot").count >= 3 }
        served.end(by: SIGTERM)
        #expect(served.process.exitCode == 0, "\(served.log)")
        expectToldOnce(webhook, ["PumpHot": begin, "PumpWarm": begin + .minutes(1)])
    }

    /// The series of alerts have one value and no gap: a marker would end them between two minutes.
    private func expectWholeSeries(_ served: Served, from begin: Instant) async throws {
        let seconds = begin.milliseconds / 1000
        for second in stride(from: 0, through: 120, by: 10) {
            let time = begin + .seconds(Int64(second))
            for name in ["PumpHot", "PumpWarm"] {
                let since = "ALERTS_FOR_STATE{alertname=\"\(name)\"}"
                let lines = try await served.query(since, at: time)
                #expect(lines.count == 1 && lines[0].contains("=> \(seconds) @"), "\(lines)")
            }
            let isPending = second < 60
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
