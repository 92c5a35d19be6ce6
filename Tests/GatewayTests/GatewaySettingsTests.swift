import ConfigurationText
import Decoding
import Foundation
import Gateway
import MQTT
import RingStore
import Telemetry
import TestKit
import Testing

@Suite struct GatewaySettingsTests {
    private func parse(_ text: String, environment: [String: String] = [:]) throws
        -> GatewaySettings
    {
        try GatewaySettings.parse(text: text, file: "/etc/langso.yaml", environment: environment)
    }

    private func faults(_ text: String) -> [String] {
        do {
            _ = try parse(text)
            return []
        } catch let faults as ConfigurationFaults {
            return faults.faults.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    private static let least = """
        name: Bình Liêu
        data: /var/lib/langso
        broker: {host: 127.0.0.1}
        subscriptions:
          - {topic: application/+/device/+/event/+, family: chirpstack}
        """

    /// The example that stands in the documentation of the settings, without its comment signs.
    private static var documented: String {
        get throws {
            let top = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let file = top.appending(path: "Sources/Gateway/Settings/GatewaySettings.swift")
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            let start = try #require(lines.firstIndex(of: "/// ```yaml"))
            let end = try #require(lines[(start + 1)...].firstIndex(of: "/// ```"))
            return lines[(start + 1)..<end].map { $0.dropFirst(4) }.joined(separator: "\n")
        }
    }

    @Test func `the least settings are a name, a folder, a broker and a subscription`() throws {
        let settings = try parse(Self.least)
        #expect(settings.name == "Bình Liêu")
        #expect(settings.webHost == "127.0.0.1")
        #expect(settings.broker.address.port == 1883)
        #expect(settings.broker.clientID == "langso")
        #expect(settings.zoneOffset == .hours(7))
        #expect(settings.broker.topics.map(\.pattern) == ["application/+/device/+/event/+"])
        #expect(settings.receivers == [ReceiverSettings(name: "log", kind: .log)])
    }

    @Test func `the documented example is read as it says`() throws {
        let folder = try TemporaryFolder("langso-settings")
        try "s3cret\n".write(toFile: folder.path(of: "pw"), atomically: true, encoding: .utf8)
        let text = try Self.documented.replacing(
            "/etc/langso/password",
            with: folder.path(of: "pw")
        )
        let settings = try parse(text)
        #expect(settings.broker.user == "langso")
        #expect(settings.broker.password == Secret("s3cret"))
        #expect(settings.broker.tls?.authorityFile == "/etc/ca.pem")
        #expect(settings.profilesFolder == "/etc/profiles")
        #expect(settings.subscriptions.count == 2)
        #expect(settings.subscriptions[1].address == .topicLevel(4))
        #expect(settings.subscriptions[1].clock?.maximumAge == .days(30))
        #expect(settings.store.rawTierBytes == 1 << 30)
        #expect(settings.store.retention == .days(400))
        #expect(settings.journal.sizeBytes == 256 << 20)
        #expect(settings.receivers.count == 3)
    }

    @Test func `every fault is told with line and field`() {
        let found = faults(
            """
            name: X
            data: d
            zone: east
            broker: {host: h, port: 99999, version: "4", password_environment: NOBODY_SET_THIS}
            subscriptions:
              - {topic: "a/#/b", family: chirpstack}
              - {topic: a, family: telegraf}
              - {topic: b, family: plain_json, clock: {maximum_age: never}, colour: red}
            store: {size: much}
            journal: {size: 4MiB}
            web: {port: -1}
            alerts: {receivers: [{name: a, kind: webhook, url: ftp://x}, {name: b, kind: pigeon}]}
            """
        )
        let wanted = [
            ":3:7: zone: expected an offset", ":4:25: broker.port: 99999 is outside",
            "broker.version: unknown version", "the environment has no variable NOBODY_SET_THIS",
            ":6:13: subscriptions[0].topic: not a topic filter",
            "subscriptions[1].family: unknown family, known are: chirpstack",
            "subscriptions[2].clock.maximum_age: expected a duration",
            "subscriptions[2].colour: unknown key", "store.size: expected a size",
            "the journal needs room for 3 segments", "web.port: -1 is outside",
            "receivers[0].url: expected an address", "receivers[1]: unknown kind 'pigeon'",
        ]
        for part in wanted {
            #expect(found.contains { $0.contains(part) }, "\(part) in \(found)")
        }
        #expect(found.count == wanted.count)
    }

    @Test func `a password is never taken from the file itself`() {
        let text = Self.least.replacing("{host: 127.0.0.1}", with: "{host: h, password: secret}")
        #expect(faults(text).contains { $0.contains("broker.password: unknown key") })
    }

    @Test func `a password can come from the environment`() throws {
        let text = Self.least.replacing(
            "{host: 127.0.0.1}",
            with: "{host: h, user: u, password_environment: PW}"
        )
        let settings = try parse(text, environment: ["PW": "x"])
        #expect(settings.broker.password == Secret("x"))
    }
}
