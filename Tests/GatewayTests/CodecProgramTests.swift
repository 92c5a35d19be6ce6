import CodecSandbox
import Decoding
import Foundation
@testable import Gateway
import Ingest
import MQTT
import Telemetry
import TestKit
import Testing

/// Payload codecs as operators meet them: on the command line, and in a gateway with a broker.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct CodecProgramTests {
    private static let codec = """
        function decodeUplink(input) {
          var b = input.bytes;
          if (b.length < 2) return { errors: ['too short'] };
          return {
            data: { level: (b[0] << 8) + b[1], port: input.fPort, at: input.recvTime,
              height: input.variables.height },
            warnings: b.length > 2 ? ['bytes are left'] : []
          };
        }
        """

    private static let profile = """
        id: my-level
        manufacturer: test
        model: level
        title: Level
        kind: water_level
        source: test
        codec: {file: codec.js, variables: {height: "2.5"}}
        messages:
          - json: [{quantity: water.level, path: level, unit: cm}]
        """

    private func write(_ text: String, _ name: String, in folder: TemporaryFolder) throws -> String
    {
        let path = folder.path(of: name)
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `decode shows data, warnings and errors of a codec`() async throws {
        let folder = try TemporaryFolder("langso-codec")
        let words = ["decode", "--codec", try write(Self.codec, "codec.js", in: folder)]
        let done = try await LangsoProgram.run(
            words + [
                "--fport", "7", "--hex", "01 02 03", "--json", "--variables", "height=2.5",
                "--recv-time", "2026-03-10T05:00:00Z",
            ]
        )
        #expect(done.code == 0, "\(done)")
        #expect(
            done.output == #"{"data":{"level":258,"port":7,"at":"2026-03-10T05:00:00.000Z","#
                + #""height":"2.5"},"warnings":["bytes are left"],"errors":[]}"# + "\n"
        )
        let lines = try await LangsoProgram.run(words + ["--fport", "7", "--hex", "0102"])
        #expect(lines.code == 0 && lines.output.hasPrefix("data: {\"level\":258"), "\(lines)")
        let failed = try await LangsoProgram.run(words + ["--fport", "7", "--hex", "01"])
        #expect(failed.code == 1 && failed.output == "error: too short\n", "\(failed)")
        let wrong = try await LangsoProgram.run(words + ["--hex", "01"])
        #expect(wrong.code == 64 && wrong.errors.contains("--fport"), "\(wrong)")
        let missing = try await LangsoProgram.run(
            "decode",
            "--codec",
            folder.path(of: "no.js"),
            "--fport",
            "1",
            "--hex",
            "01"
        )
        #expect(missing.code == 1 && missing.errors.contains("no.js"), "\(missing)")
    }

    @Test func `vectors are run against the codecs of a folder, and counted`() async throws {
        let folder = try TemporaryFolder("langso-codec")
        _ = try write(Self.codec, "mine/maker/codec.js", in: folder)
        func vector(_ id: String, _ path: String, _ bytes: String, _ level: String) -> String {
            """
            {"id": "\(id)", "source": "mine", "codecPath": "\(path)", "fPort": 1,
             "bytes": "\(bytes)", "recvTime": "2026-03-10T05:00:00Z",
             "expected": {"port": 1, "level": \(level), "at": "2026-03-10T05:00:00.000Z"}}
            """
        }
        func run(_ vectors: [String]) async throws -> LangsoProgram.Finished {
            let file = try write(
                """
                {"format": 1, "compare": {"numberRelTolerance": 1e-9},
                 "vectors": [\(vectors.joined(separator: ","))]}
                """,
                "vectors.json",
                in: folder
            )
            return try await LangsoProgram.run(
                "decode",
                "--vectors",
                file,
                "--codecs",
                folder.path
            )
        }
        let good = vector("a", "maker/codec.js", "0102", "258.0000000001")
        let passed = try await run([good])
        #expect(passed.code == 0 && passed.output == "1 passed, 0 failed\n", "\(passed)")
        let mixed = try await run([
            good, vector("b", "maker/codec.js", "0102", "259"),
            vector("c", "maker/codec.js", "01", "1"), vector("d", "none.js", "01", "1"),
        ])
        #expect(mixed.code == 1)
        #expect(mixed.output.contains("b: data.level is 258.0 where 259.0 was expected"))
        #expect(mixed.output.contains("c: too short"))
        #expect(mixed.output.contains("d: there is no codec none.js"))
        #expect(mixed.output.hasSuffix("1 passed, 3 failed\n"))
    }

    @Test func `a gateway decodes by a codec in a profile's folder, and tells what it did`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-codec")
        _ = try write(Self.codec, "profiles/my-level/codec.js", in: folder)
        _ = try write(
            Self.profile,
            "profiles/my-level/profile.yaml",
            in: folder
        )
        var rule = SubscriptionRule.wellKnown[0]
        rule.profile = "my-level"
        var settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [rule]
        )
        settings.profilesFolder = folder.path(of: "profiles")
        let gateway = try await GatewayUnderTest(settings)
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        for (counter, payload) in ["AQI=", "AQ=="].enumerated() {
            let up = """
                {"deduplicationId": "f\(counter)", "devAddr": "01020304", "fCnt": \(counter),
                 "deviceInfo": {"devEui": "24e124713b492805"}, "fPort": 5, "data": "\(payload)"}
                """
            try publisher.publish(
                topic: "application/a/device/24e124713b492805/event/up",
                payload: Array(up.utf8)
            )
        }
        let worker = gateway.runtime.worker
        try await gateway.wait("the codec's words") {
            let done = worker.figures.ingest
            return done.decodedMessages == 1 && done.undecodedMessages == ["codec_failed": 1]
        }
        let now = GatewayRuntime.systemClock()
        let lines = try await gateway.query("water_level_metres", at: now)
        #expect(lines.count == 1 && lines[0].contains("2.58"), "\(lines)")
        let letters = try await gateway.get("/api/langso/v1/dead-letters?limit=10").text
        #expect(letters.contains("codec_failed") && letters.contains("too short"), "\(letters)")
        let metrics = try await gateway.get("/metrics").text
        #expect(metrics.contains(#"langso_codec_calls_total{codec="my-level"} 2"#))
        #expect(metrics.contains(#"langso_codec_failures_total{codec="my-level"} 1"#))
        _ = publisher.stop()
        try await gateway.stop()
    }

    @Test func `messages of a codec that is taken out wait until an operator releases it`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-codec")
        // Searches in the engine itself for days when the payload says so.
        let hang = """
            function decodeUplink(input) {
              if (input.bytes[0] === 9) /^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(80));
              return { data: { level: input.bytes[0] }, warnings: ['old battery'] };
            }
            """
        _ = try write(hang, "profiles/my-level/codec.js", in: folder)
        _ = try write(Self.profile, "profiles/my-level/profile.yaml", in: folder)
        var rule = SubscriptionRule.wellKnown[0]
        rule.profile = "my-level"
        var settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [rule]
        )
        settings.profilesFolder = folder.path(of: "profiles")
        settings.codecs = CodecSettings(
            patience: .milliseconds(300),
            longestCall: .seconds(60),
            fileInterval: .seconds(3600)
        )
        let gateway = try await GatewayUnderTest(settings)
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        // Nine hangs; one is read.
        let payloads = ["CQ==", "CQ==", "CQ==", "AQ==", "AQ==", "AQ=="]
        for (counter, payload) in payloads.enumerated() {
            let up = """
                {"deduplicationId": "f\(counter)", "devAddr": "01020304", "fCnt": \(counter),
                 "deviceInfo": {"devEui": "24e124713b492805"}, "fPort": 5, "data": "\(payload)"}
                """
            try publisher.publish(
                topic: "application/a/device/24e124713b492805/event/up",
                payload: Array(up.utf8)
            )
        }
        let worker = gateway.runtime.worker
        try await gateway.wait("the third kill") {
            worker.figures.ingest.undecodedMessages == ["codec_failed": 3]
                && worker.figures.awaited == 3
        }
        let url = ["--url", gateway.address]
        let list = try await LangsoProgram.run(["codecs"] + url)
        #expect(list.code == 0 && list.output.contains("my-level: is not run"), "\(list)")
        #expect(list.output.contains("3 kills, 0 warnings, 3 messages wait"), "\(list)")
        let unknown = try await LangsoProgram.run(["codecs", "release", "none"] + url)
        #expect(unknown.code == 1 && unknown.errors.contains("there is no codec 'none'"))
        let done = try await LangsoProgram.run(["codecs", "release", "my-level"] + url)
        #expect(
            done.output
                == "my-level is run again; 3 messages that waited are decoded now, the oldest "
                + "first\n",
            "\(done)"
        )
        try await gateway.wait("the messages that waited") {
            worker.figures.ingest.decodedMessages == 3 && worker.figures.awaited == 0
        }
        let after = try await LangsoProgram.run(["codecs", "list"] + url)
        #expect(after.output.contains("my-level: runs, 3 calls"), "\(after)")
        #expect(after.output.contains("last warning: old battery"), "\(after)")
        _ = publisher.stop()
        try await gateway.stop()
    }

    @Test func `check tells that a profile's codec is not there`() async throws {
        let folder = try TemporaryFolder("langso-codec")
        _ = try write(
            Self.profile,
            "profiles/my-level/profile.yaml",
            in: folder
        )
        let config = try write(
            """
            name: X
            data: data
            profiles: profiles
            broker: {host: 127.0.0.1, port: 1883}
            subscriptions:
              - {topic: application/+/device/+/event/+, family: chirpstack, profile: my-level}
            codecs: {workers: 99}
            """,
            "langso.yaml",
            in: folder
        )
        let checked = try await LangsoProgram.run("check", "--config", config)
        #expect(checked.code == 1 && checked.output.contains("codecs"), "\(checked)")
        let text = try String(contentsOfFile: config, encoding: .utf8)
            .replacing("workers: 99", with: "workers: 1")
        try text.write(toFile: config, atomically: true, encoding: .utf8)
        let again = try await LangsoProgram.run("check", "--config", config)
        #expect(again.code == 1 && again.output.contains("my-level/codec.js"), "\(again)")
    }
}
