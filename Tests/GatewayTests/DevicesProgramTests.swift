import Foundation
import TestKit
import Testing

/// `langso devices test` and what `langso decode` tells of members that nothing reads.
@Suite(.oneAtATime) struct DevicesProgramTests {
    private static let profile = """
        id: own-lamp
        manufacturer: m
        model: x
        title: t
        kind: lamp
        source: s
        messages:
          - bytes: [{quantity: lamp.power, at: 0, type: u8}]
        """

    private func folder(_ profile: String, _ examples: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder("langso-devices")
        let model = folder.path(of: "own-lamp")
        try FileManager.default.createDirectory(
            atPath: model,
            withIntermediateDirectories: false
        )
        try profile.write(toFile: model + "/profile.yaml", atomically: true, encoding: .utf8)
        try examples.write(toFile: model + "/examples.yaml", atomically: true, encoding: .utf8)
        return folder
    }

    private func examples(power: Int) -> String {
        """
        profile: own-lamp
        examples:
          - name: at work
            payload: "28"
            readings: [{quantity: lamp.power, value: \(power)}]
        """
    }

    private func path(_ folder: TemporaryFolder) -> String { folder.path + "/" }

    @Test func `all examples of all shipped profiles come out as expected`() async throws {
        let run = try await LangsoProgram.run("devices", "test")
        #expect(run.code == 0, "\(run)")
        let lines = run.output.split(separator: "\n")
        #expect(lines.last?.hasSuffix(" passed, 0 failed") == true)
        #expect(lines.contains("ok  milesight-em310-udl  9 of 9"))
        let models = lines.filter { $0.hasPrefix("ok  ") }
        #expect(models.count >= 100)
        #expect(!run.output.contains("no examples"))
    }

    @Test func `an operator's examples are run, and a difference ends with 1`() async throws {
        let good = try folder(Self.profile, examples(power: 40))
        let passed = try await LangsoProgram.run("devices", "test", path(good))
        #expect(passed.code == 0, "\(passed)")
        #expect(passed.output.contains("ok  own-lamp  1 of 1"))

        let bad = try folder(Self.profile, examples(power: 41))
        let frame = """
            profile: own-lamp
            examples:
              - {name: kept frame, payload: "29", readings: [{quantity: lamp.power, value: 41}]}
            """
        let kept = bad.path(of: "own-lamp/examples-0011223344556677.yaml")
        try frame.write(toFile: kept, atomically: true, encoding: .utf8)
        let failed = try await LangsoProgram.run("devices", "test", path(bad))
        #expect(failed.code == 1)
        #expect(failed.output.contains("FAILED  own-lamp  1 of 2"))
        #expect(failed.output.contains("examples.yaml:3:5: at work"))
        #expect(
            failed.output.contains(
                "reading 1: expected lamp.power = 41.0 accepted, got lamp.power = 40.0 accepted"
            )
        )
        #expect(failed.output.hasSuffix(" passed, 1 failed\n"))

        let json = try await LangsoProgram.run("devices", "test", path(bad), "--json")
        #expect(json.code == 1)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        )
        #expect(document["failed"] as? Int == 1)
        let profiles = try #require(document["profiles"] as? [[String: Any]])
        let own = try #require(profiles.first { $0["profile"] as? String == "own-lamp" })
        let failures = try #require(own["failures"] as? [[String: Any]])
        #expect(failures.map { $0["example"] as? String } == ["at work"])
    }

    @Test func `faults of profiles and of examples are told with their places`() async throws {
        let profile = try folder(Self.profile + "\n    port: x", examples(power: 40))
        let refused = try await LangsoProgram.run("devices", "test", path(profile))
        #expect(refused.code == 1)
        #expect(refused.errors.contains("own-lamp/profile.yaml:9:"), "\(refused)")

        let unread = try folder(Self.profile, "profile: own-lamp\nexamples: [{name: x}]")
        let failed = try await LangsoProgram.run("devices", "test", path(unread))
        #expect(failed.code == 1)
        #expect(failed.output.contains("FAILED  own-lamp  0 of 1"))
        #expect(failed.output.contains("own-lamp/examples.yaml:2:"), "\(failed)")

        let missing = try await LangsoProgram.run("devices", "test", "/nowhere/profiles")
        #expect(missing.code == 1)
        #expect(missing.errors.contains("/nowhere/profiles"))
        #expect(missing.output.isEmpty)
    }

    @Test func `decode lists what no field reads with its raw value`() async throws {
        let words = ["decode", "--topic", "t/d", "--family", "plain_json", "--profile"]
        let text = #"{"power_w":5,"minute_index":3,"more":{"a":"x","b":null,"c":[1,true]}}"#
        let read = try await LangsoProgram.run(words + ["lighting-cabinet-phase", "--text", text])
        #expect(read.code == 0, "\(read)")
        for line in [
            "unread: minute_index = 3", "unread: more.a = x", "unread: more.c[0] = 1",
            "unread: more.c[1] = true",
        ] {
            #expect(read.output.contains(line), "\(read.output)")
        }
        #expect(!read.output.contains("power_w"))
        let json = try await LangsoProgram.run(
            words + ["lighting-cabinet-phase", "--text", text, "--json"]
        )
        #expect(json.output.contains(#""unreadMembers" : 4"#))
        #expect(try json.names().contains("unread"))
    }
}
