@testable import Gateway
import Ingest
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
              - record: pump:sum
                expr: sum_over_time(pump_temperature_celsius[5m])
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

    /// Pushes a reading of the device B-1.
    private func push(
        _ value: Double,
        _ age: Milliseconds,
        to gateway: GatewayUnderTest
    ) async throws {
        let answer = try await SamplePush.send(
            [
                (
                    ["__name__": "pump_temperature_celsius", "device": "B-1"],
                    [Sample(time: Self.now - age, value: value)]
                )
            ],
            to: gateway.address
        )
        #expect(answer.status == 204, "\(answer.text)")
    }

    @Test func `a sample that came one second too late counts in the minutes that lacked it`()
        async throws
    {
        let folder = try TemporaryFolder("langso-late")
        let gateway = try await gateway(folder, window: .hours(6))
        try await push(60, .minutes(4), to: gateway)
        await gateway.runtime.judge(at: Self.now - .minutes(1))
        await gateway.runtime.judge(at: Self.now)
        let first = try await gateway.query("pump:sum", at: Self.now)
        #expect(first.first?.contains("=> 60 @") == true, "\(first)")
        // Both are of times that were judged, and come before the next minute is.
        try await push(70, .minutes(2), to: gateway)
        try await push(80, .seconds(1), to: gateway)
        await gateway.runtime.judge(at: Self.now + .minutes(1))
        for (age, sum) in [(Milliseconds.minutes(1), 130), (.zero, 210), (.minutes(-1), 150)] {
            let lines = try await gateway.query("pump:sum", at: Self.now - age)
            #expect(lines.first?.contains("=> \(sum) @") == true, "\(age): \(lines)")
        }
        let metrics = try await gateway.get("/metrics").text
        #expect(metrics.contains("langso_rule_corrections_total 1\n"), "both in one go")
        // What is judged again and gives the same is not written again.
        await gateway.runtime.keepFigures(at: Self.now + .minutes(1), visibly: true)
        let before = await gateway.runtime.worker.run { $0.counters.ownSamples }
        await gateway.runtime.alerts.noteChange(Self.now - .seconds(1))
        _ = await gateway.runtime.alerts.correct(at: Self.now + .minutes(10))
        #expect(await gateway.runtime.alerts.figures.corrections == 2)
        #expect(await gateway.runtime.worker.run { $0.counters.ownSamples } == before)
        try await gateway.stop()
    }

    @Test func `after a correction there is a pause nine times as long`() {
        #expect(AlertService.pause(after: .seconds(20)) == .minutes(3))
        #expect(AlertService.pause(after: .zero) == .zero)
    }

    @Test func `what is older than the window is counted and not judged`() async throws {
        let folder = try TemporaryFolder("langso-late")
        let gateway = try await gateway(folder, window: .hours(1))
        try await judgeLate(gateway)
        let then = Self.now - .hours(2) + .minutes(1)
        #expect(try await gateway.query("pump:hot", at: then).isEmpty)
        #expect(await gateway.runtime.alerts.figures.corrections == 0)
        let metrics = try await gateway.get("/metrics").text
        #expect(metrics.contains("langso_rule_late_outside_window_total 1\n"))
        // One that is older still hides none that is in time to be judged again.
        try await PumpGateway.push(92, at: Self.now - .hours(2), to: gateway)
        try await PumpGateway.push(93, at: Self.now - .minutes(30), to: gateway)
        await gateway.runtime.judge(at: Self.now + .minutes(2))
        #expect(await gateway.runtime.alerts.figures.corrections == 1)
        #expect(await gateway.runtime.alerts.figures.lateOutsideWindow == 2)
        #expect(try await gateway.query("pump:hot", at: then).isEmpty)
        let soon = Self.now - .minutes(29)
        #expect(try await gateway.query("pump:hot", at: soon).count == 1)
        try await gateway.stop()
    }
}
