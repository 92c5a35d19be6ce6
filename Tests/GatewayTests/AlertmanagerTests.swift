import Foundation
import Synchronization
@testable import Gateway
import Telemetry
import TestKit
import Testing

/// Debian's Alertmanager hears of what fires and of its end.
@Suite(
    .oneAtATime,
    .enabled(if: AlertmanagerProcess.program != nil, "prometheus-alertmanager is not installed")
)
struct AlertmanagerTests {
    private static let rules = """
        groups:
          - name: pumps
            rules:
              - alert: PumpHot
                expr: pump_temperature_celsius > 80
                labels: {severity: major}
                annotations: {summary: "Máy bơm {{ $labels.device }} nóng {{ $value }} °C"}
        """

    @Test func `an alert reaches every Alertmanager, and ends there`() async throws {
        let program = try #require(AlertmanagerProcess.program)
        let managers = [try AlertmanagerProcess(program), try AlertmanagerProcess(program)]
        let folder = try TemporaryFolder("langso-alertmanager")
        var settings = try PumpGateway.settings(folder, rules: Self.rules)
        // One that nobody serves delays the others by nothing.
        settings.alertmanagers =
            ["http://127.0.0.1:\(try BrokerProcess.freePort())"] + managers.map(\.address)
        settings.externalLabels = ["commune": "Hoành Mô"]
        let gateway = try await GatewayUnderTest(settings)
        // Alertmanager ends alerts by the time of day.
        let firing = GatewayRuntime.systemClock() - .minutes(2)
        func push(_ value: Double, at time: Instant) async throws {
            try await PumpGateway.push(value, at: time, to: gateway)
            await gateway.runtime.judge(at: time)
        }
        try await push(91.5, at: firing)
        let expected = [
            "alertname": "PumpHot", "device": "B-1", "severity": "major", "commune": "Hoành Mô",
        ]
        for manager in managers {
            try await gateway.wait("the alert") {
                // Who judges by the clock, which is held here, says so otherwise.
                gateway.runtime.hasJudged.withLock { $0 = true }
                return (try? manager.activeAlerts())?.map(\.labels) == [expected]
            }
        }
        try await push(40, at: firing + .minutes(1))
        for manager in managers {
            try await gateway.wait("its end") {
                (try? manager.activeAlerts())?.isEmpty == true
            }
        }
        let counts = gateway.runtime.alertmanagers
        for manager in managers {
            try await gateway.wait("figures") { (counts.all[manager.address]?.sent ?? 0) >= 2 }
        }
        // The one that nobody serves is noted as soon as it has failed.
        try await gateway.wait("a failure") { counts.all.count == 3 }
        let metrics = try await gateway.get("/metrics").text
        #expect(metrics.contains("langso_alertmanager_alerts_sent_total{alertmanager="))
        #expect(metrics.contains("langso_alertmanager_alerts_failed_total"))
        #expect(metrics.contains("langso_queries_total{outcome=\"success\"} 0\n"))
        // What it shows of itself it also keeps.
        await gateway.runtime.judge(at: firing + .minutes(2))
        let sent = "langso_alertmanager_alerts_sent_total"
        let kept = try await gateway.get("/api/v1/query?query=count(\(sent))").text
        #expect(kept.contains(#","3"]"#), "\(kept)")
        try await gateway.stop()
    }

    /// The gateway's clock is held, so that times are exact.
    ///
    /// Alertmanager judges by the time of day: where that clock begins lies so far back that what
    /// fires has a while to arrive before it ends by itself, and that an end after two minutes has
    /// passed.
    @Test func `times and source of an alert arrive, again each minute, its end for 15 minutes`()
        async throws
    {
        let program = try #require(AlertmanagerProcess.program)
        let crew = Webhook()
        let (port, serving) = try await crew.serve()
        defer { serving.cancel() }
        let manager = try AlertmanagerProcess(program, tellingPort: port)
        let folder = try TemporaryFolder("langso-alertmanager")
        var settings = try PumpGateway.settings(folder, rules: Self.rules)
        settings.alertmanagers = [manager.address]
        settings.externalURL = "http://gateway.example:8428"
        let clock = Mutex(GatewayRuntime.systemClock() - .seconds(125))
        let gateway = try await GatewayUnderTest(settings, clock: { clock.withLock { $0 } })
        // What it took to start is not taken from the while.
        let start = GatewayRuntime.systemClock() - .seconds(125)
        func judge(_ temperature: Double, _ device: String = "B-1", minute: Int64) async throws {
            let time = start + .minutes(minute)
            clock.withLock { $0 = time }
            try await PumpGateway.push(temperature, of: device, at: time, to: gateway)
            await gateway.runtime.judge(at: time)
        }
        func wait(_ firing: Int, _ resolved: Int) async throws {
            try await gateway.wait("\(firing) firing and \(resolved) resolved") {
                gateway.runtime.hasJudged.withLock { $0 = true }
                guard let counts = try? manager.received() else { return false }
                return counts == (firing, resolved)
            }
        }
        var updates: Set<String> = []
        for minute: Int64 in 0...1 {
            try await judge(91.5, minute: minute)
            try await wait(Int(minute) + 1, 0)
            // Four times the resend delay, which is as long as the rules' interval.
            let end = start + .minutes(minute + 4)
            // They are counted before they are kept.
            try await gateway.wait("the alert until \(end)") {
                (try? manager.activeAlerts())?.map { Instant(rfc3339: $0.endsAt) } == [end]
            }
            let held = try #require(try manager.activeAlerts().first)
            #expect(Instant(rfc3339: held.startsAt) == start)
            #expect(held.generatorURL == Self.generatorURL)
            #expect(held.annotations["summary"] == "Máy bơm B-1 nóng 91.5 °C")
            #expect(updates.insert(held.updatedAt).inserted)
        }
        try await judge(40, minute: 2)
        try await wait(2, 1)
        try await gateway.wait("the end") { crew.posts.withLock { $0.count } >= 2 }
        let posts = try crew.posts.withLock { $0 }.map { post in
            try JSONDecoder().decode(Post.self, from: Data(post.utf8))
        }
        #expect(posts.map(\.status) == ["firing", "resolved"])
        let ended = try #require(posts.last?.alerts.first)
        #expect(Instant(rfc3339: ended.startsAt) == start)
        #expect(Instant(rfc3339: ended.endsAt) == start + .minutes(2))
        #expect(ended.generatorURL == Self.generatorURL)
        for (minute, count) in [(3, 2), (17, 3)] as [(Int64, Int)] {
            clock.withLock { $0 = start + .minutes(minute) }
            try await wait(2, count)
        }
        // What is told next comes without the end, which is older than a quarter of an hour.
        try await judge(95, "B-2", minute: 18)
        try await wait(3, 3)
        try await gateway.stop()
    }

    private static let generatorURL =
        "http://gateway.example:8428/graph?g0.expr=pump_temperature_celsius%20%3E%2080&g0.tab=1"

    /// What Alertmanager posts to a webhook.
    private struct Post: Decodable {
        struct Entry: Decodable {
            let startsAt: String
            let endsAt: String
            let generatorURL: String
        }
        let status: String
        let alerts: [Entry]
    }
}
