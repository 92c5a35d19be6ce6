@testable import Gateway
import RingStore
import Telemetry
import TestKit
import Testing

/// Samples that other programs push, from the request to the answer of a query.
@Suite(.oneAtATime) struct RemoteWriteTests {
    private static func gateway(_ folder: TemporaryFolder) async throws -> GatewayUnderTest {
        var settings = try GatewayUnderTest.settings(
            folder,
            // Nobody listens there: what is pushed needs no broker.
            port: 1,
            subscriptions: [try GatewayUnderTest.nothing()]
        )
        settings.takesRemoteWrite = true
        // The gateway's own figures take some hundred.
        settings.store.maximumSeries = 300
        return try await GatewayUnderTest(settings, clock: { GatewayUnderTest.midnight })
    }

    private static func samples(_ values: [Double]) -> [Sample] {
        values.enumerated().map { index, value in
            let age = Milliseconds.minutes(Int64(values.count - index))
            return Sample(time: GatewayUnderTest.midnight - age, value: value)
        }
    }

    @Test func `pushed samples are answered with, also after a restart`() async throws {
        let folder = try TemporaryFolder()
        let gateway = try await Self.gateway(folder)
        let pushed = Self.samples([1, 2, 3.5])
        for _ in 0..<2 {
            // What comes twice is no fault: a sender repeats what was not answered.
            let answer = try await SamplePush.send(
                [(["__name__": "pump_hours", "village": "Nà Ếch"], pushed)],
                to: gateway.address
            )
            #expect(answer.status == 204, "\(answer.text)")
        }
        let query = "sum_over_time(pump_hours[10m])"
        let midnight = GatewayUnderTest.midnight
        let expected = try await gateway.query(query, at: midnight)
        #expect(expected.count == 1)
        #expect(expected.first?.contains("6.5") == true, "\(expected)")
        try await gateway.stop()
        let again = try await Self.gateway(folder)
        #expect(try await again.query(query, at: midnight) == expected)
        try await again.stop()
    }

    @Test func `what cannot be taken is told, and the rest is stored`() async throws {
        let folder = try TemporaryFolder()
        let gateway = try await Self.gateway(folder)
        let ahead = Sample(time: GatewayUnderTest.midnight + .minutes(11), value: 9)
        let answer = try await SamplePush.send(
            [
                (["__name__": "pump_hours"], Self.samples([1]) + [ahead]),
                (["__name__": "langso_uptime_seconds"], Self.samples([1])),
                (["__name__": "ALERTS", "alertname": "x"], Self.samples([1])),
                (["village": "no name"], Self.samples([1])),
            ],
            to: gateway.address
        )
        #expect(answer.status == 400)
        #expect(answer.text.contains("1 samples of a sample of the future"))
        #expect(answer.text.contains("2 samples of a series that the gateway makes by itself"))
        #expect(answer.text.contains("1 samples of a series without __name__"))
        let count = try await gateway.query("count_over_time(pump_hours[1h])", at: .midnight)
        #expect(count.first?.contains("1") == true)
        try await gateway.stop()
    }

    @Test func `a clock that is wrong uses up no series`() async throws {
        let folder = try TemporaryFolder()
        let gateway = try await Self.gateway(folder)
        let ahead = Sample(time: GatewayUnderTest.midnight + .hours(1), value: 9)
        let many = (0..<400).map { number in
            (labels: ["__name__": "pushed", "n": "\(number)"], [ahead])
        }
        #expect(try await SamplePush.send(many, to: gateway.address).status == 400)
        let right = try await SamplePush.send(
            [(["__name__": "pushed", "n": "right"], Self.samples([1]))],
            to: gateway.address
        )
        #expect(right.status == 204, "\(right.text)")
        try await gateway.stop()
    }

    @Test func `new series beyond the limit are refused, known ones go on`() async throws {
        let folder = try TemporaryFolder()
        let gateway = try await Self.gateway(folder)
        let many = (0..<400).map { number in
            (labels: ["__name__": "pushed", "n": "\(number)"], Self.samples([1, 2]))
        }
        let answer = try await SamplePush.send(many, to: gateway.address)
        #expect(answer.status == 400)
        #expect(answer.text.contains("raise store.maximum_series"), "\(answer.text)")
        let known = try await SamplePush.send([many[0]], to: gateway.address)
        #expect(known.status == 204)
        try await gateway.stop()
    }
}

extension Instant {
    fileprivate static var midnight: Instant { GatewayUnderTest.midnight }
}
