import Foundation
import Synchronization
@testable import Gateway
import Telemetry
import TestKit
import Testing

/// Debian's Alertmanager hears of what fires and of its end.
@Suite(.oneAtATime) struct AlertmanagerTests {
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
        guard let program = AlertmanagerProcess.program else { return }
        let managers = [try AlertmanagerProcess(program), try AlertmanagerProcess(program)]
        let folder = try TemporaryFolder("langso-alertmanager")
        let rules = folder.path(of: "rules")
        try FileManager.default.createDirectory(atPath: rules, withIntermediateDirectories: true)
        try Self.rules.write(toFile: "\(rules)/pumps.yaml", atomically: true, encoding: .utf8)
        var settings = try GatewayUnderTest.settings(
            folder,
            port: 1,
            subscriptions: [try GatewayUnderTest.nothing()]
        )
        settings.rulesFolder = rules
        settings.takesRemoteWrite = true
        // One that nobody serves delays the others by nothing.
        settings.alertmanagers =
            ["http://127.0.0.1:\(try BrokerProcess.freePort())"] + managers.map(\.address)
        settings.externalLabels = ["commune": "Hoành Mô"]
        let gateway = try await GatewayUnderTest(settings)
        // Alertmanager ends alerts by the time of day.
        let firing = GatewayRuntime.systemClock() - .minutes(2)
        func push(_ value: Double, at time: Instant) async throws {
            let answer = try await SamplePush.send(
                [
                    (
                        ["__name__": "pump_temperature_celsius", "device": "B-1"],
                        [Sample(time: time, value: value)]
                    )
                ],
                to: gateway.address
            )
            #expect(answer.status == 204, "\(answer.text)")
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
                return (try? manager.activeAlerts()) == [expected]
            }
        }
        try await push(40, at: firing + .minutes(1))
        for manager in managers {
            try await gateway.wait("its end") { (try? manager.activeAlerts()) == [] }
        }
        let counts = gateway.runtime.alertmanagers
        for manager in managers {
            try await gateway.wait("figures") { (counts.all[manager.address]?.sent ?? 0) >= 2 }
        }
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
}
