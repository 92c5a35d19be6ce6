import Decoding
import Foundation
import WebServer
@testable import Gateway
import Ingest
import MQTT
import Registry
import RingStore
import Telemetry
import TestKit
import Testing

/// A broker and a disk that do not do as they should, and messages nobody can read.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct BrokerFaultTests {
    private static let topic = "logger/d1"

    private static func payload(_ minute: Int) -> [UInt8] {
        let time = (GatewayRuntime.systemClock() - .minutes(Int64(60 - minute))).rfc3339
        let record = #"{"time":"\#(time)","flow_l_s":\#(minute)}"#
        return Array(#"{"device":"d1","records":[\#(record)]}"#.utf8)
    }

    private func gateway(
        _ folder: TemporaryFolder,
        port: Int,
        change: (inout GatewaySettings) -> Void = { _ in }
    ) async throws -> GatewayUnderTest {
        let rule = try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")
        var settings = try GatewayUnderTest.settings(folder, port: port, subscriptions: [rule])
        change(&settings)
        return try await GatewayUnderTest(settings)
    }

    @Test func `a broker that is down at the start is waited for`() async throws {
        let port = try BrokerProcess.freePort()
        let folder = try TemporaryFolder("langso-fault")
        let gateway = try await gateway(folder, port: port)
        let session = gateway.runtime.session
        try await gateway.wait("a refused connection") { session.status.lastError != nil }
        let overview = try await gateway.get("/api/langso/v1/overview").text
        #expect(overview.contains("127.0.0.1:\(port)"))
        #expect(overview.contains("lastError"))
        let broker = try BrokerProcess(port: port)
        try await gateway.wait("connection") { session.status.isConnected }
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        try publisher.publish(topic: Self.topic, payload: Self.payload(1))
        try await gateway.wait(forMessages: 1)
        publisher.stop()
        try await gateway.stop()
    }

    @Test func `a broker that restarts loses nothing`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-fault")
        let gateway = try await gateway(folder, port: broker.port)
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        for minute in 0..<20 {
            try publisher.publish(topic: Self.topic, payload: Self.payload(minute))
            if minute == 9 {
                try publisher.flush()
                broker.stop()
                try broker.start()
            }
        }
        try publisher.flush()
        publisher.stop()
        try await gateway.wait(forMessages: 20)
        let lines = try await gateway.query(
            "count_over_time(water_flow_cubic_metres_per_hour[2h])",
            at: GatewayRuntime.systemClock()
        )
        #expect(lines.first?.contains("=> 20 @") == true, "\(lines)")
        #expect(session.status.counters.connections >= 2)
        try await gateway.stop()
    }

    @Test func `a refused password is said on the page`() async throws {
        let broker = try BrokerProcess { port, folder in
            "listener \(port) 127.0.0.1\nallow_anonymous false\npersistence_location \(folder)/\n"
        }
        let folder = try TemporaryFolder("langso-fault")
        let gateway = try await gateway(folder, port: broker.port) { settings in
            settings.broker.user = "langso"
            settings.broker.password = Secret("bí mật")
        }
        let session = gateway.runtime.session
        try await gateway.wait("a refusal") { session.status.lastError != nil }
        let overview = try await gateway.get("/api/langso/v1/overview").text
        #expect(overview.contains("password"), "\(overview)")
        #expect(!overview.contains("bí mật"))
        try await gateway.stop()
    }

    @Test func `a second gateway on the same data is refused with the first one's number`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-fault")
        func registry(_ name: String) throws -> GatewaySettings {
            try GatewayUnderTest.settings(
                folder,
                port: broker.port,
                subscriptions: [try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")],
                registry: ["units.csv": "code,name,kind\nxa-1,\(name),commune\n"]
            )
        }
        let first = try await GatewayUnderTest(try registry("Xã Một"))
        let error = await #expect(throws: FileError.self) {
            _ = try await GatewayUnderTest(try registry("Xã Hai"))
        }
        #expect(error?.description.contains("is using it") == true)
        let names = try first.runtime.database.snapshot().units.map(\.name)
        #expect(names == ["Xã Một"], "the second one has changed nothing")
        try await first.stop()
    }

    @Test func `a disk that is too small is said before anything is written`() async throws {
        let folder = try TemporaryFolder("langso-fault")
        let error = await #expect(throws: IngestError.self) {
            _ = try await gateway(folder, port: 1) { $0.store.rawTierBytes = 1 << 38 }
        }
        #expect(error?.description.contains("bytes are available; free") == true)
        #expect(try StorageFolder(folder.path(of: "data")).contains("store") == false)
    }

    @Test func `a folder that cannot be written is said`() async throws {
        let folder = try TemporaryFolder("langso-fault")
        await #expect(throws: FileError.self) {
            _ = try await gateway(folder, port: 1) { $0.dataFolder = "/proc/nowhere/data" }
        }
    }

    @Test func `a port in use is said with what to do`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-fault")
        let error = await #expect(throws: GatewayError.self) {
            _ = try await gateway(folder, port: broker.port) { $0.webPort = broker.port }
        }
        #expect(error?.description.contains("choose another port") == true)
    }

    @Test func `messages nobody can read stay, are listed with reasons, and can be read later`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-fault")
        let gateway = try await gateway(folder, port: broker.port) { settings in
            settings.broker.topics.append(MQTT.TopicFilter("stray/#"))
        }
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        let bad: [(String, [UInt8])] = [
            (Self.topic, Array("no json".utf8)), (Self.topic, Array(deep.utf8)),
            (Self.topic, [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]),
            (Self.topic, Array(#"{"records":[{"time":"x","flow_l_s":NaN}]}"#.utf8)),
            (Self.topic, Array(#"{"records":[{"time":"x","flow_l_s":1e999}]}"#.utf8)),
            ("stray/x", Array(#"{"device":"s1","ph":7.1}"#.utf8)),
        ]
        for (topic, payload) in bad { try publisher.publish(topic: topic, payload: payload) }
        // Above the limit of a payload: refused before the journal, acknowledged, counted.
        let huge = [UInt8](repeating: 0x20, count: 300 << 10)
        try publisher.publish(topic: Self.topic, payload: huge)
        try publisher.publish(topic: Self.topic, payload: Self.payload(5))
        try publisher.flush()
        publisher.stop()
        try await gateway.wait(forMessages: 7)
        let worker = gateway.runtime.worker
        #expect(worker.figures.ingest.storedSamples == 2, "the good message came through")
        #expect(worker.figures.refusedMessages == 1)
        let list = try await gateway.get("/api/langso/v1/dead-letters?limit=10").text
        for reason in ["not_json", "too_deep", "not_utf8", "unknown_topic"] {
            #expect(list.contains(reason), "\(reason) in \(list)")
        }
        #expect(list.contains("no subscription") || list.contains("topic"))
        try await gateway.stop()
        // The same journal with a rule for the stray topic: one more can be read now.
        let rules = [
            try GatewayUnderTest.plain("logger/+", profile: "json-datalogger"),
            try GatewayUnderTest.plain("stray/#", profile: "json-water-quality"),
        ]
        let settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: rules
        )
        let mended = try await GatewayUnderTest(settings)
        // That is done at the start already.
        let run = try await LiveBackend(mended.runtime).decodeDeadLetters()
        #expect(mended.runtime.worker.figures.ingest.decodedMessages == 1)
        #expect(run.tried == 5)
        #expect(run.decoded == 0)
        #expect(run.failed == 5)
        try await mended.stop()
    }

    @Test func `a slow store makes the broker wait and nothing is dropped`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-fault")
        let gateway = try await gateway(folder, port: broker.port)
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        let gate = DispatchSemaphore(value: 0)
        gateway.runtime.worker.perform { _ in gate.wait() }
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        let count = 20_000
        for number in 0..<count {
            let text = #"{"device":"d1","records":[{"time":"\#(Self.time(number))","flow_l_s":1}]}"#
            try publisher.publish(topic: Self.topic, payload: Array(text.utf8))
        }
        try publisher.flush()
        try await gateway.wait("the pause") { session.status.isPaused }
        gate.signal()
        try await gateway.wait(forMessages: UInt64(count))
        publisher.stop()
        let lines = try await gateway.query(
            "count_over_time(water_flow_cubic_metres_per_hour[1d])",
            at: GatewayRuntime.systemClock()
        )
        #expect(lines.first?.contains("=> \(count) @") == true, "\(lines)")
        try await gateway.stop()
    }

    private static let start = GatewayRuntime.systemClock() - .hours(12)

    private static func time(_ number: Int) -> String {
        (start + .seconds(Int64(number))).rfc3339
    }
}
