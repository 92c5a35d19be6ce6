import Commands
import ConfigurationText
import Foundation
@testable import Gateway
import MQTT
import Telemetry
import TestKit
import Testing

/// Who may give commands, as the settings say it; and `langso commands` against nobody.
@Suite(.oneAtATime) struct CommandSettingsTests {
    private static func settings(
        _ commands: String,
        _ tokens: [String: String] = ["a": "c8f1d1a0b7e64f2a9d35\n"]
    ) throws -> GatewaySettings {
        let folder = try TemporaryFolder("langso-settings")
        for (name, text) in tokens {
            try text.write(toFile: folder.path(of: name), atomically: true, encoding: .utf8)
        }
        let text = """
            name: Thử
            data: data
            broker: {host: 127.0.0.1}
            subscriptions: [{topic: tele/#, family: tasmota}]
            \(commands)
            """
        return try GatewaySettings.parse(
            text: text,
            file: folder.path(of: "langso.yaml"),
            environment: [:]
        )
    }

    @Test func `nobody gives commands unless the settings name who`() throws {
        let silent = try Self.settings("")
        #expect(!silent.commands.isEnabled && silent.commandBroker == nil)
        let settings = try Self.settings(
            """
            commands:
              enabled: true
              operators: [{name: Hoàng Văn A, token_file: a}]
              maximum_devices: 20
              per_minute: 3
              lorawan_spacing: 5s
            """
        )
        #expect(settings.commands.isEnabled)
        #expect(settings.commandBroker?.clientID == "langso-commands")
        let limits = CommandLimits(
            devices: 20,
            commandsPerMinute: 3,
            radioSpacing: .seconds(5)
        )
        #expect(settings.commands.limits == limits)
        #expect(settings.commands.operatorName(of: "c8f1d1a0b7e64f2a9d35") == "Hoàng Văn A")
        for token in ["", "c8f1d1a0b7e64f2a9d3", "c8f1d1a0b7e64f2a9d355", "C8f1d1a0b7e64f2a9d35"] {
            #expect(settings.commands.operatorName(of: token) == nil, "\(token)")
        }
        #expect(!"\(settings)".contains("c8f1d1a0"))
    }

    @Test func `what cannot be right is told with its field`() throws {
        for (commands, tokens, words) in [
            ("{enabled: true}", [:], "commands need an operator"),
            ("{operators: [{name: A, token_file: b}]}", [:], "there is no such file"),
            ("{operators: [{name: A, token_file: b}]}", ["b": "short"], "a token has 16"),
            ("{operators: [{name: A, token_file: b}]}", ["b": "mật khẩu rất dài đây"], "of ASCII"),
            (
                "{operators: [{name: A, token_file: b}, {name: B, token_file: b}]}",
                ["b": "c8f1d1a0b7e64f2a9d35"], "another operator's"
            ),
            ("{maximum_devices: 0}", [:], "outside 1 to 10000"),
            ("{lorawan_spacing: 100ms}", [:], "expected 1s to 5m"),
            ("{on: true}", [:], "unknown key"),
        ] {
            let error = #expect(throws: ConfigurationFaults.self, "\(commands)") {
                try Self.settings("commands: \(commands)", tokens)
            }
            let faults = error?.faults ?? []
            #expect(faults.contains { $0.message.contains(words) }, "\(faults)")
            #expect(faults.allSatisfy { $0.field.hasPrefix("commands") }, "\(faults)")
        }
    }

    @Test(.enabled(if: LangsoProgram.path != nil))
    func `the command line says what it lacks`() async throws {
        let none = try await LangsoProgram.run("commands", "switch", "on", "--reason", "x")
        #expect(none.code == 64, "\(none)")
        let access = ["--reason", "x", "--url", "http://127.0.0.1:1", "--token-file", "nowhere"]
        for words in [
            ["commands", "switch", "up", "--device", "a"] + access,
            ["commands", "dim", "--device", "a"] + access,
            ["commands", "read"] + access,
            ["commands", "read", "--device", "a", "--group", "feeder=F1"] + access,
            ["commands", "read", "--group", "feeder"] + access,
        ] {
            let run = try await LangsoProgram.run(words)
            #expect(run.code == 64, "\(words): \(run)")
        }
        let missing = try await LangsoProgram.run(["commands", "read", "--device", "a"] + access)
        #expect(missing.code == 1 && missing.errors.contains("there is no such file"))
        let folder = try TemporaryFolder("langso-token")
        let file = folder.path(of: "token")
        try "c8f1d1a0b7e64f2a9d35".write(toFile: file, atomically: true, encoding: .utf8)
        let port = try BrokerProcess.freePort()
        let nobody = try await LangsoProgram.run(
            "commands",
            "list",
            "--url",
            "http://127.0.0.1:\(port)",
            "--token-file",
            file
        )
        #expect(nobody.code == 1 && nobody.errors.contains("is the gateway running?"), "\(nobody)")
    }
}
