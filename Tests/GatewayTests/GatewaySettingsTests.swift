import ConfigurationText
import Decoding
import Foundation
@testable import Gateway
import Logging
import MQTT
import RingStore
import Telemetry
import TestKit
import Testing
import WebServer

@Suite struct GatewaySettingsTests {
    private func parse(_ text: String, environment: [String: String] = [:]) throws
        -> GatewaySettings
    {
        try GatewaySettings.parse(text: text, file: "/etc/langso.yaml", environment: environment)
    }

    private func faults(_ text: String, environment: [String: String] = [:]) -> [String] {
        do {
            _ = try parse(text, environment: environment)
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
        #expect(
            settings.store.rollupBytes == [
                .fiveMinutes: 512 << 20, .hour: 256 << 20, .day: 128 << 20,
            ]
        )
        #expect(settings.store.retention == .days(400))
        #expect(settings.journal.sizeBytes == 256 << 20)
        #expect(settings.receiverTimeout == .seconds(10))
        #expect(settings.webPrefix.path == "/langso")
        #expect(settings.externalURL == "http://langso.example/langso")
        #expect(settings.receivers.count == 3)
    }

    @Test func `how far back a last value is looked for is set within bounds`() throws {
        #expect(try parse(Self.least).longestLookback == .days(2))
        let written = { (span: String) in "\nqueries: {longest_lookback: \(span)}" }
        #expect(try parse(Self.least + written("12h")).longestLookback == .hours(12))
        #expect(try parse(Self.least + written("5m")).longestLookback == .minutes(5))
        for wrong in ["299s", "61d"] {
            let found = faults(Self.least + written(wrong)).first ?? ""
            #expect(found.contains("queries.longest_lookback: expected 5m to 60d"))
        }
    }

    @Test func `adopting over HTTP is off unless the settings open it`() throws {
        #expect(try !parse(Self.least).takesAdoptions)
        #expect(try parse(Self.least + "\nweb: {adoption: true}").takesAdoptions)
    }

    @Test func `a path below which the site stands is checked, as is its address`() throws {
        let web = "\nweb: {prefix: /xa/lang-so}"
        let below = try parse(Self.least + web)
        #expect(below.webPrefix.path == "/xa/lang-so")
        // Links lead below the path also where nobody has said the address.
        #expect(below.linkBase == "/xa/lang-so")
        let alerts = "\nalerts: {external_url: \"https://so.example/xa/lang-so/\"}"
        let told = try parse(Self.least + web + alerts)
        #expect(told.linkBase == "https://so.example/xa/lang-so")
        #expect(try parse(Self.least).linkBase == "")
        let found = faults(
            Self.least + "\nweb: {prefix: lang-so}\nalerts: {external_url: so.example}"
        )
        #expect(found.count == 2)
        #expect(
            found.first?.contains(
                "web.prefix: 'lang-so' does not begin with a slash; a prefix is a path such as"
            ) == true,
            "\(found)"
        )
        #expect(found.last?.contains("alerts.external_url: expected an address") == true)
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
            "journal.size: a journal of 4194304 bytes is not between 3 segments",
            "web.port: -1 is outside",
            "receivers[0].url: expected an address", "receivers[1]: unknown kind 'pigeon'",
        ]
        for part in wanted {
            #expect(found.contains { $0.contains(part) }, "\(part) in \(found)")
        }
        #expect(found.count == wanted.count)
    }

    @Test func `origins and labels for others are taken as those expect them, or not at all`()
        throws
    {
        let right = """
            web:
              allowed_origins:
                - https://grafana.example
                - http://127.0.0.1:3000
                - "http://[::1]:3000"
            alerts: {external_labels: {commune: Hoành Mô, _site2: a}}
            """
        #expect(faults(Self.least + "\n" + right) == [])
        let wrong = """
            web:
              allowed_origins:
                - https://grafana.example/
                - https://Grafana.example
                - https://grafana.example:443
                - grafana.example
            alerts: {external_labels: {commune: "", __name__: x, "xã": y}}
            """
        let found = faults(Self.least + "\n" + wrong)
        #expect(found.filter { $0.contains("is no origin") }.count == 4, "\(found)")
        #expect(found.filter { $0.contains("must be a label's name") }.count == 3, "\(found)")
        #expect(found.count == 7)
    }

    @Test func `how far back rules are judged again is a setting`() throws {
        func window(_ text: String) throws -> Milliseconds {
            let file = Self.least + "\nalerts: {late_window: \(text)}"
            return try parse(file).lateWindow
        }
        #expect(try window("2d") == .days(2))
        #expect(faults(Self.least).isEmpty)
        for wrong in ["5m", "16d", "never"] {
            let found = faults(Self.least + "\nalerts: {late_window: \(wrong)}")
            #expect(found.count == 1, "\(found)")
            #expect(found.first?.contains("alerts.late_window: expected") == true, "\(found)")
        }
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

    /// What a gateway would refuse at its start, and where the file says it.
    private static let refusedLater: [(text: String, fault: String)] = [
        ("broker: {host: h, keep_alive: 1s}", ":3:31: broker.keep_alive: "),
        ("broker: {host: h, client_id: ''}", ":3:30: broker.client_id: "),
        ("broker: {host: ''}", ":3:16: broker.host: "),
        ("broker: {host: h, password_environment: PW}", ":3:41: broker.password_environment: "),
        ("broker: {host: h, tls: {certificate: c}}", ":3:38: broker.tls.certificate: "),
        ("broker: {host: h, tls: {key: k}}", ":3:30: broker.tls.key: "),
        ("store: {size: 100KiB}", ":3:15: store.size: "),
        ("store: {size: 1024GiB}", ":3:15: store.size: "),
        ("store: {rollups: {5m: 100KiB}}", ":3:23: store.rollups.5m: a 5m tier of 102400 bytes"),
        ("store: {rollups: {1d: 300GiB}}", ":3:23: store.rollups.1d: a 1d tier of 322122547200"),
        ("store: {rollups: {1h: much}}", ":3:23: store.rollups.1h: expected a size"),
        (
            "store: {rollups: {2h: 1MiB}}",
            ":3:19: store.rollups.2h: unknown key, known are: 1d, 1h, 5m"
        ),
        ("store: {rollups: 1MiB}", ":3:18: store.rollups: expected a mapping"),
        ("journal: {segment: 64KiB}", ":3:20: journal.segment: "),
        ("journal: {segment: 1000001}", ":3:20: journal.segment: "),
        ("journal: {size: 64GiB, segment: 2GiB}", ":3:33: journal.segment: "),
        ("journal: {size: 4MiB}", ":3:17: journal.size: "),
        ("subscriptions: [{topic: a, family: tasmota, qos: 2}]", ":3:50: subscriptions[0].qos: "),
        (
            "subscriptions: [{topic: a, family: tasmota}, {topic: a, family: senml}]",
            ":3:54: subscriptions[1].topic: "
        ),
    ]

    @Test(arguments: refusedLater)
    func `what a gateway would refuse at its start is a fault with line and field`(
        text: String,
        fault: String
    ) {
        var lines = ["name: X", "data: d", text]
        if !text.hasPrefix("broker") { lines.append("broker: {host: h}") }
        if !text.hasPrefix("subscriptions") {
            lines.append("subscriptions: [{topic: a, family: tasmota}]")
        }
        let found = faults(lines.joined(separator: "\n"), environment: ["PW": "x"])
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains(fault) == true, "\(fault) in \(found)")
    }

    @Test func `rollup tiers are those named, or those that go with the size`() throws {
        let rollups = { (more: String) throws -> [StoreTier: UInt64] in
            try parse(Self.least + "\n" + more).store.rollupBytes
        }
        #expect(
            try rollups("") == [.fiveMinutes: 512 << 20, .hour: 256 << 20, .day: 128 << 20]
        )
        #expect(
            try rollups("store: {size: 64MiB}") == [
                .fiveMinutes: 32 << 20, .hour: 16 << 20, .day: 8 << 20,
            ]
        )
        // None is smaller or larger than a store takes.
        #expect(
            try rollups("store: {size: 1MiB}") == [
                .fiveMinutes: 512 << 10, .hour: 256 << 10, .day: 256 << 10,
            ]
        )
        #expect(try rollups("store: {rollups: {1h: 1MiB, 1d: 0}}") == [.hour: 1 << 20])
        #expect(try rollups("store: {rollups: {}}") == [:])
    }

    @Test func `a client id leaves room for that of the notifications`() {
        let id = String(repeating: "x", count: 250)
        let text = Self.least.replacing("{host: 127.0.0.1}", with: "{host: h, client_id: \(id)}")
        #expect(faults(text) == [])
        let found = faults(text + "\nalerts: {receivers: [{name: a, kind: mqtt, topic: t}]}")
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains("broker.client_id: ") == true, "\(found)")
    }

    @Test func `settings that cannot be right are refused before anything is made`() async throws {
        let folder = try TemporaryFolder("langso-settings")
        let rule = try GatewayUnderTest.plain("a", profile: "json-datalogger")
        let good = try GatewayUnderTest.settings(folder, port: 1, subscriptions: [rule])
        let changes: [(inout GatewaySettings) -> Void] = [
            { $0.broker.keepAliveSeconds = 1 }, { $0.store.rawTierBytes = 1 },
            { $0.journal.segmentBytes = 65_536 },
        ]
        for change in changes {
            var settings = good
            change(&settings)
            await #expect(throws: (any Error).self) {
                let runtime = try await GatewayRuntime.open(
                    settings,
                    logger: Logger(label: "test")
                )
                await runtime.close()
            }
            #expect(!FileManager.default.fileExists(atPath: settings.dataFolder))
        }
    }
}
