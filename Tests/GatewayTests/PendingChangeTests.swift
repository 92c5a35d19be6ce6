import Decoding
import Foundation
@testable import Gateway
import Ingest
import MQTT
import Registry
import RingStore
import Telemetry
import TestKit
import Testing
import WebServer

/// Changes that were noted while the gateway stood still.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct PendingChangeTests {
    private static let eui = "24e124713b492805"

    private static func profile(_ name: String, _ reading: String) -> String {
        """
        id: \(name)
        manufacturer: test
        model: level
        title: Level
        kind: water_level
        source: test
        families: [chirpstack]
        \(reading)
        """
    }

    private static let files = [
        "with-codec/profile.yaml": profile(
            "with-codec",
            """
            codec: codec.js
            messages:
              - json: [{quantity: water.level, path: level, unit: cm}]
            """
        ),
        "with-codec/codec.js": "function decodeUplink(input) { return {errors: ['broken']}; }",
        "without-codec/profile.yaml": profile(
            "without-codec",
            """
            messages:
              - port: 5
                bytes: [{quantity: water.level, at: 0, type: u8}]
            """
        ),
    ]

    @Test func `what a codec failed on is decoded once the box is said to have another profile`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-pending")
        try Self.write(Self.files, in: folder)
        var settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [SubscriptionRule.wellKnown[0]],
            registry: [
                "villages.csv": "code,name\nv1,Bản Nà Ếch\n",
                "devices.csv":
                    "code,kind,village,address,profile\nT-1,water_tank,v1,\(Self.eui),with-codec\n",
            ]
        )
        settings.profilesFolder = folder.path(of: "profiles")
        let gateway = try await GatewayUnderTest(settings)
        let (session, worker) = (gateway.runtime.session, gateway.runtime.worker)
        try await gateway.wait("connection") { session.status.isConnected }
        let before = GatewayRuntime.systemClock()
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        let topic = "application/a/device/\(Self.eui)/event/up"
        try publisher.publish(topic: topic, payload: Array(Self.up.utf8))
        try await gateway.wait("the codec's refusal") {
            worker.figures.ingest.undecodedMessages == ["codec_failed": 1]
        }
        publisher.stop()
        try await gateway.stop()
        var request = DeviceChangeRequest(
            change: "replace",
            device: "T-1",
            by: "An",
            reason: "sai hồ sơ"
        )
        request.profile = "without-codec"
        request.at = before.rfc3339
        let now = GatewayRuntime.systemClock()
        let view = try await DeviceChangeTool.change(request, .settings(settings), at: now)
        #expect(view.written)
        let next = try await GatewayUnderTest(settings)
        let letters = next.runtime.worker
        try await next.wait("the messages to be stored again") {
            (try? next.runtime.database.pendingRetakings().isEmpty) ?? false
        }
        // In the turn after it all of it is done.
        try await next.runtime.retakings.takeAlways {}
        #expect(await letters.run { $0.deadLetters.entries.count } == 0)
        #expect(await letters.run { $0.counters.decodedMessages } == 1)
        try await next.stop()
    }

    @Test func `what a codec's answer finds to be too old is said of the change`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-pending")
        try Self.write(
            Self.files.merging([
                "with-codec/codec.js":
                    "function decodeUplink(input) { return {data: {level: 5}}; }"
            ]) { $1 },
            in: folder
        )
        var settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [SubscriptionRule.wellKnown[0]],
            registry: [
                "villages.csv": "code,name\nv1,Bản Nà Ếch\nv2,Bản Hai\n",
                "devices.csv":
                    "code,kind,village,address,profile\nT-1,water_tank,v1,\(Self.eui),with-codec\n",
            ]
        )
        settings.profilesFolder = folder.path(of: "profiles")
        settings.store = StoreSettings(rawTierBytes: 4 << 20, maximumSeries: 10_000)
        let gateway = try await GatewayUnderTest(settings)
        let (session, worker) = (gateway.runtime.session, gateway.runtime.worker)
        try await gateway.wait("connection") { session.status.isConnected }
        let before = GatewayRuntime.systemClock()
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        try publisher.publish(
            topic: "application/a/device/\(Self.eui)/event/up",
            payload: Array(Self.up.utf8)
        )
        try await gateway.wait("the codec's answer") {
            worker.figures.ingest.decodedMessages == 1
        }
        publisher.stop()
        let isFull = await worker.run { pipeline in Self.fill(&pipeline, after: before) }
        try #require(isFull == true)
        var request = DeviceChangeRequest(change: "move", device: "T-1", by: "An", reason: "đường")
        request.village = "v2"
        request.at = before.rfc3339
        let view = try await gateway.runtime.change(request)
        #expect(view.decoded == 1)
        #expect(view.warnings.map(\.code) == ["change_too_old"], "\(view.warnings)")
        // Its reading, and when it came.
        #expect(view.warnings.first?.values.first == "2")
        try await gateway.stop()
    }

    /// Fills the store until it holds what was said up to a time no longer singly.
    private static func fill(_ pipeline: inout IngestPipeline, after start: Instant) -> Bool {
        var generator = SeededGenerator.forTest()
        guard let series = try? pipeline.store.series(for: ["__name__": "filling"]) else {
            return false
        }
        var second: Int64 = 3600
        while pipeline.store.statistics.horizon < start + .minutes(10) {
            for _ in 0..<20_000 {
                let value = Double(bitPattern: generator.next() >> 2)
                let sample = Sample(time: start + .seconds(second), value: value)
                _ = pipeline.store.append(series, sample)
                second += 1
            }
            guard second < 4_000_000,
                (try? pipeline.checkpoint(at: start + .seconds(second))) != nil
            else { return false }
        }
        return true
    }

    private static func write(_ files: [String: String], in folder: TemporaryFolder) throws {
        for (name, text) in files {
            let path = folder.path(of: "profiles/\(name)")
            try FileManager.default.createDirectory(
                at: URL(filePath: path).deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
    }

    private static let up = """
        {"deduplicationId": "f1", "devAddr": "01020304", "fCnt": 1, "fPort": 5, \
        "deviceInfo": {"devEui": "\(eui)"}, "data": "AQ=="}
        """
}
