import Decoding
import Foundation
@testable import Gateway
import Ingest
import MQTT
import Telemetry
import TestKit
import Testing
import WebServer

/// Unknown devices whose payloads a maker's codec reads.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct CodecAdoptionTests {
    private static let known = "24e124713b492805"
    private static let unknown = "0102030405060708"

    private static func codec(factor: Int) -> String {
        """
        function decodeUplink(input) {
          var b = input.bytes;
          if (b.length < 2) return { errors: ['too short'] };
          return { data: { level: \(factor) * ((b[0] << 8) + b[1]) } };
        }
        """
    }

    private static let profile = """
        id: my-level
        manufacturer: test
        model: level
        title: Level
        kind: water_level
        source: test
        families: [chirpstack]
        codec: codec.js
        messages:
          - json: [{quantity: water.level, path: level, unit: cm}]
        """

    private static let registry = [
        "villages.csv": "code,name\nv1,Bản Nà Ếch\n",
        "devices.csv":
            "code,kind,village,address,profile\nmuc-1,water_tank,v1,\(known),my-level\n",
    ]

    private func write(_ text: String, _ name: String, in folder: TemporaryFolder) throws {
        let path = folder.path(of: "profiles/my-level/\(name)")
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func send(_ payloads: [String], of eui: String, _ publisher: BrokerPublisher) throws {
        for (counter, payload) in payloads.enumerated() {
            let up = """
                {"deduplicationId": "\(eui)\(counter)", "devAddr": "01020304", \
                "fCnt": \(counter), "deviceInfo": {"devEui": "\(eui)"}, "fPort": 5, \
                "data": "\(payload)"}
                """
            let topic = "application/a/device/\(eui)/event/up"
            try publisher.publish(topic: topic, payload: Array(up.utf8))
        }
    }

    @Test func `its frames become a test that runs the codec, and failed payloads stay`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-codec-adoption")
        try write(Self.codec(factor: 1), "codec.js", in: folder)
        try write(Self.profile, "profile.yaml", in: folder)
        var settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [SubscriptionRule.wellKnown[0]],
            registry: Self.registry
        )
        settings.profilesFolder = folder.path(of: "profiles")
        let gateway = try await GatewayUnderTest(settings)
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        let worker = gateway.runtime.worker
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        defer { _ = publisher.stop() }
        try send(["AQ=="], of: Self.known, publisher)
        try await gateway.wait("the codec's refusal") {
            worker.figures.ingest.undecodedMessages == ["codec_failed": 1]
        }
        try send(["AQI=", "AQ==", "AQM="], of: Self.unknown, publisher)
        try await gateway.wait(forMessages: 4)

        var request = AdoptionRequest(device: Self.unknown, profile: "my-level", code: "muc-2")
        request.village = "v1"
        let view = try await gateway.runtime.adopt(request)
        #expect(view.examples == 2)
        #expect(view.warnings.map(\.code) == ["frame_left_out"], "\(view.warnings)")
        #expect(view.warnings.first?.words.contains("too short") == true)
        // Those of the unknown device wait for the codec now; what it failed on before does not.
        #expect(view.decoded == 3 && view.failed == 0)
        try await gateway.wait("the codec's answers") {
            worker.figures.ingest.decodedMessages == 2 && worker.figures.awaited == 0
        }
        let metrics = try await gateway.get("/metrics").text
        #expect(metrics.contains(#"langso_codec_calls_total{codec="my-level"} 4"#))
        let letters = await worker.run { $0.deadLetters.entries.map(\.reason) }
        #expect(letters == ["codec_failed", "codec_failed"])
        try await gateway.stop()

        let path = folder.path(of: "profiles")
        let report = try await ProfileTestReport(folder: path)
        let passed = report.profiles.first { $0.profile == "my-level" }
        #expect(passed?.passed == 2 && passed?.failures.isEmpty == true, "\(report.lines)")
        // Another codec gives other readings, and the test sees it.
        try write(Self.codec(factor: 2), "codec.js", in: folder)
        let changed = try await ProfileTestReport(folder: path)
        let failed = changed.profiles.first { $0.profile == "my-level" }
        #expect(failed?.failures.count == 2 && failed?.passed == 0)
        #expect(failed?.failures.first?.differences.first?.contains("water.level") == true)
        let refusing = "function decodeUplink(input) { return {errors: ['broken']}; }"
        try write(refusing, "codec.js", in: folder)
        let broken = try await ProfileTestReport(folder: path)
        #expect(broken.lines.contains { $0.contains("gave no values: broken") })
    }
}
