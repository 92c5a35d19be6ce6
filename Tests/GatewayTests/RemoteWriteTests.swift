@testable import Gateway
import NIOHTTP1
import RemoteWrite
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

    @Test(arguments: RemoteWriteVersion.allCases)
    func `both versions are taken, with how much is stored`(_ version: RemoteWriteVersion)
        async throws
    {
        let folder = try TemporaryFolder()
        let gateway = try await Self.gateway(folder)
        func send(_ series: [(labels: [String: String], [Sample])]) async throws
            -> SamplePush.Answer
        {
            try await SamplePush.send(series, to: gateway.address, version: version)
        }
        let stored = try await send([
            (["__name__": "pump_hours", "village": "Nà Ếch"], Self.samples([1, 2])),
            (["__name__": "pump_hours", "village": "Ngàn Chi"], Self.samples([3])),
        ])
        #expect(stored.status == 204)
        #expect(stored.text.isEmpty)
        #expect(stored.written == ["3", "0", "0"])
        let part = try await send([
            (["__name__": "pump_hours", "village": "Nà Ếch"], Self.samples([7, 1, 2])),
            (["village": "no name"], Self.samples([1])),
        ])
        #expect(part.status == 400)
        #expect(part.text.hasPrefix("not taken: 1 samples of a series without __name__"))
        #expect(part.written == ["3", "0", "0"], "what is there already is counted as stored")
        let values = try await gateway.query("sum(sum_over_time(pump_hours[10m]))", at: .midnight)
        #expect(values.first?.contains("13") == true, "\(values)")
        try await gateway.stop()
    }

    @Test func `a sender of the second version falls back to the first`() async throws {
        let folder = try TemporaryFolder()
        let gateway = try await Self.gateway(folder)
        let message = RemoteWriteMessage([
            (labels: ["__name__": "pump_hours"], samples: Self.samples([1]))
        ])
        // A message of a version to come is refused by its kind, whatever it holds.
        var headers = SamplePush.headers(.second)
        let later = "application/x-protobuf;proto=io.prometheus.write.v3.Request"
        headers.replaceOrAdd(name: "Content-Type", value: later)
        var answer = try await SamplePush.send([1, 2, 3], headers, to: gateway.address)
        #expect(answer.status == 415)
        #expect(answer.text.contains("prometheus.WriteRequest and io.prometheus.write.v2.Request"))
        #expect(answer.written == ["0", "0", "0"])
        headers.replaceOrAdd(
            name: "Content-Type",
            value: "application/x-protobuf;proto=prometheus.WriteRequest"
        )
        answer = try await SamplePush.send(message.packed(.first), headers, to: gateway.address)
        #expect(answer.status == 204, "\(answer.text)")
        // Who says nothing of its kind means the first version.
        answer = try await SamplePush.send(message.packed(.first), [:], to: gateway.address)
        #expect(answer.status == 204, "\(answer.text)")
        for (name, value) in [("Content-Encoding", "gzip"), ("Content-Type", "application/json")] {
            var wrong = SamplePush.headers(.second)
            wrong.replaceOrAdd(name: name, value: value)
            answer = try await SamplePush.send(message.packed(.second), wrong, to: gateway.address)
            #expect(answer.status == 415, "\(answer.text)")
        }
        // One version's message under the other's name is told, and nothing of it is stored.
        answer = try await SamplePush.send(
            message.packed(.first),
            SamplePush.headers(.second),
            to: gateway.address
        )
        #expect(answer.status == 204 || answer.status == 400, "\(answer.text)")
        #expect(answer.written == ["0", "0", "0"])
        try await gateway.stop()
    }

    @Test func `requests that cannot be read are counted by the reason`() async throws {
        let folder = try TemporaryFolder()
        let gateway = try await Self.gateway(folder)
        func counts() async throws -> [String] {
            try await gateway.get("/metrics").text.split(separator: "\n").map(String.init)
                .filter { $0.hasPrefix("langso_remote_write_refused_requests_total") }
        }
        let name = "langso_remote_write_refused_requests_total"
        #expect(
            try await counts()
                == ["malformed", "too_large", "unsupported"].map { reason in
                    "\(name){reason=\"\(reason)\"} 0"
                }
        )
        let headers = SamplePush.headers(.second)
        // Longer than is read at once, packed and unpacked.
        let large = [UInt8](repeating: 0, count: WriteRequest.maximumPackedBytes + 1)
        let unpacking = RemoteWriteMessage.variable(UInt64(WriteRequest.maximumBytes) + 1) + [0, 1]
        for (body, status) in [(large, 413), (unpacking, 413), ([1, 2, 3], 400)] {
            let answer = try await SamplePush.send(body, headers, to: gateway.address)
            #expect(answer.status == status, "\(answer.text)")
        }
        _ = try await SamplePush.send([], ["Content-Type": "text/plain"], to: gateway.address)
        #expect(
            try await counts()
                == [("malformed", 1), ("too_large", 2), ("unsupported", 1)].map {
                    "\(name){reason=\"\($0.0)\"} \($0.1)"
                }
        )
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
