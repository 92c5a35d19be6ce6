@testable import Gateway
import Telemetry
import TestKit
import Testing

/// Samples that come after their time was judged.
@Suite(.oneAtATime) struct LateDataTests {
    private static let rules = """
        groups:
          - name: pumps
            rules:
              - record: pump:hot
                expr: pump_temperature_celsius > bool 80
              - alert: PumpHot
                expr: pump_temperature_celsius > 80
        """
    private static let now = GatewayUnderTest.midnight

    private func gateway(
        _ folder: TemporaryFolder,
        window: Milliseconds
    ) async throws -> GatewayUnderTest {
        var settings = try PumpGateway.settings(folder, rules: Self.rules)
        settings.lateWindow = window
        return try await GatewayUnderTest(settings, clock: { Self.now })
    }

    /// Judges three hours, has a sample of two hours ago come, and judges the next minute.
    private func judgeLate(_ gateway: GatewayUnderTest) async throws {
        await gateway.runtime.judge(at: Self.now - .hours(3))
        await gateway.runtime.judge(at: Self.now)
        try await PumpGateway.push(91, at: Self.now - .hours(2), to: gateway)
        await gateway.runtime.judge(at: Self.now + .minutes(1))
    }

    @Test func `rules are judged again for late samples, and what they give is of that time`()
        async throws
    {
        let folder = try TemporaryFolder("langso-late")
        let gateway = try await gateway(folder, window: .hours(6))
        try await judgeLate(gateway)
        let then = Self.now - .hours(2) + .minutes(1)
        #expect(try await gateway.query("pump:hot", at: then).count == 1)
        let alerts = #"ALERTS{alertname="PumpHot",alertstate="firing"}"#
        #expect(try await gateway.query(alerts, at: then).count == 1)
        #expect(try await gateway.query(alerts, at: Self.now).isEmpty)
        let metrics = try await gateway.get("/metrics").text
        #expect(metrics.contains("langso_rule_corrections_total 1\n"))
        #expect(metrics.contains("langso_rule_late_outside_window_total 0\n"))
        try await gateway.stop()
    }

    @Test func `what is older than the window is counted and not judged`() async throws {
        let folder = try TemporaryFolder("langso-late")
        let gateway = try await gateway(folder, window: .hours(1))
        try await judgeLate(gateway)
        let then = Self.now - .hours(2) + .minutes(1)
        #expect(try await gateway.query("pump:hot", at: then).isEmpty)
        let metrics = try await gateway.get("/metrics").text
        #expect(metrics.contains("langso_rule_late_outside_window_total 1\n"))
        try await gateway.stop()
    }
}
