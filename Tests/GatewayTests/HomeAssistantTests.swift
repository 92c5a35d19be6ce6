import ConfigurationText
import Decoding
import Foundation
@testable import Gateway
import MQTT
import Registry
import Telemetry
import TestKit
import Testing
import WebServer

/// What Home Assistant is told of the devices.
struct HomeAssistantTests {
    private static var settings: HomeAssistantSettings {
        var settings = HomeAssistantSettings()
        settings.publishes = true
        return settings
    }

    private static func device(
        _ readings: [(String, String, Double)],
        code: String = "M-1",
        heard: String = "2026-03-10T00:00:00.000Z",
        state: String = "up"
    ) -> DeviceView {
        DeviceView(
            code: code,
            name: "Đồng hồ Một",
            kind: "water_meter",
            profile: "none",
            village: "Bản Một",
            unit: "",
            isSimulated: false,
            state: state,
            lastMessageAt: heard,
            expectedIntervalSeconds: 3600,
            readings: readings.compactMap { id, channel, value in
                Quantity.named(id).map {
                    ReadingView(
                        metric: $0.metricName,
                        channel: channel,
                        value: value,
                        unit: $0.unit,
                        time: heard
                    )
                }
            }
        )
    }

    private static func round(_ kept: Set<String> = []) -> DiscoveryRound {
        DiscoveryRound(settings, .empty, keptTopics: kept)
    }

    private static let configTopic = "homeassistant/device/langso_M-1/config"
    private static let stateTopic = "langso/M-1/state"

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func `a device is described once with all its entities, and then its values are told`()
        throws
    {
        var round = Self.round()
        let device = Self.device([("water.volume", "", 12.5), ("water.leak", "", 1)])
        let messages = try round.messages(for: [device])
        #expect(messages.map(\.topic) == [Self.configTopic, Self.stateTopic])
        #expect(messages.map(\.isRetained) == [true, false])
        #expect(messages[1].payload == #"{"water.leak":"ON","water.volume":12.5}"#)
        let config = try object(messages[0].payload)
        #expect((config["origin"] as? [String: String]) == ["name": "langso"])
        let described = try #require(config["device"] as? [String: Any])
        #expect(described["identifiers"] as? [String] == ["langso_M-1"])
        #expect(described["suggested_area"] as? String == "Bản Một")
        let components = try #require(config["components"] as? [String: [String: Any]])
        #expect(Set(components.keys) == ["water.volume", "water.leak"])
        let volume = try #require(components["water.volume"])
        for (key, value) in [
            ("p", "sensor"), ("device_class", "water"), ("unit_of_measurement", "m³"),
            ("state_class", "total_increasing"), ("state_topic", Self.stateTopic),
            ("availability_topic", "langso/status"), ("unique_id", "langso_M-1_water.volume"),
            ("value_template", "{{ value_json['water.volume'] }}"), ("name", "Chỉ số nước"),
        ] { #expect(volume[key] as? String == value, "\(key)") }
        #expect(volume["expire_after"] as? Int == 3 * 3600)
        let leak = try #require(components["water.leak"])
        #expect(leak["p"] as? String == "binary_sensor" && leak["state_class"] == nil)
    }

    @Test func `what was told is not told again, and a new value alone is`() throws {
        var round = Self.round()
        let device = Self.device([("water.volume", "", 1)])
        _ = try round.messages(for: [device])
        #expect(try round.messages(for: [device]).isEmpty)
        let later = Self.device([("water.volume", "", 2)], heard: "2026-03-10T01:00:00.000Z")
        #expect(try round.messages(for: [later]).map(\.topic) == [Self.stateTopic])
        // A device that is down, and one that never spoke, have no present value.
        let down = Self.device(
            [("water.volume", "", 3)],
            heard: "2026-03-10T02:00:00.000Z",
            state: "down"
        )
        #expect(try round.messages(for: [down]).isEmpty)
        #expect(try round.messages(for: [down, Self.device([], code: "M-9")]).isEmpty)
        // An entity that has no value any more stays, a further one is added.
        let other = Self.device([("water.pressure", "", 300)])
        let config = try #require(try round.messages(for: [other]).first).payload
        #expect(config.contains("water.volume") && config.contains("water.pressure"))
        round.forget()
        #expect(
            try round.messages(for: [later]).map(\.topic) == [Self.configTopic, Self.stateTopic]
        )
    }

    @Test func `a device that is out of service is taken back, also by a later run`() throws {
        var round = Self.round()
        _ = try round.messages(for: [Self.device([("water.volume", "", 1)])])
        #expect(round.keptTopics == [Self.configTopic])
        let gone = DiscoveryRound.Message(topic: Self.configTopic, payload: "", isRetained: true)
        #expect(try round.messages(for: []) == [gone])
        #expect(try round.messages(for: []).isEmpty && round.keptTopics.isEmpty)
        var next = Self.round([Self.configTopic])
        #expect(try next.messages(for: []) == [gone])
        // A broker that went away before it took that is told again.
        var broken = Self.round([Self.configTopic])
        #expect(try broken.messages(for: []) == [gone])
        broken.forget()
        #expect(broken.keptTopics == [Self.configTopic])
        #expect(try broken.messages(for: []) == [gone])
        // So are all of them once nothing is to be told.
        var off = Self.settings
        off.publishes = false
        var last = DiscoveryRound(off, .empty, keptTopics: [Self.configTopic])
        #expect(try last.messages(for: [Self.device([("water.volume", "", 1)])]) == [gone])
    }

    @Test func `no two codes have one topic, and each is what Home Assistant takes`() {
        let codes = ["a", "a-b", "a_b", "a.b", "a-.b", "a..b", "a.-b", "a-_b", "a--b", "a.b-c"]
        let names = codes.map(DeviceDescription.objectID)
        #expect(Set(names).count == codes.count, "\(names)")
        #expect(names.allSatisfy { $0.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil })
    }

    /// Quantities that are bookkeeping of devices and nothing that a dashboard shows.
    private static let untold: Set<String> = [
        "device.uptime", "device.restart_count", "link.quality", "link.frame_count",
        "location.lat", "location.lon", "net.received", "net.sent",
    ]

    @Test func `each quantity has names in both languages, or is known to be left out`() {
        for quantity in Quantity.all {
            let words = EntityWords.of(quantity)
            guard let words else {
                #expect(Self.untold.contains(quantity.id), "\(quantity.id)")
                continue
            }
            #expect(!words.vietnamese.isEmpty && !words.english.isEmpty)
            #expect(!Self.untold.contains(quantity.id), "\(quantity.id)")
        }
    }

    @Test func `no unit is told as UCUM alone writes it`() {
        #expect(EntityWords.unit("W/m2") == "W/m²" && EntityWords.unit("[ppb]") == "ppb")
        for quantity in Quantity.all where EntityWords.of(quantity) != nil {
            guard let unit = EntityWords.unit(quantity.unit) else { continue }
            #expect(unit.firstMatch(of: /[\[\]{}]|[a-z][23]/) == nil, "\(quantity.id): \(unit)")
        }
    }

    @Test func `what is told is read back as it was, and langso itself learns nothing from it`()
        throws
    {
        var round = Self.round()
        let device = Self.device([
            ("water.volume", "", 12.5), ("water.ph", "", 7.1), ("pump.running", "", 0),
        ])
        let messages = try round.messages(for: [device])
        var rules: [SubscriptionRule] = []
        for text in ["homeassistant/#", "langso/#"] {
            let filter = Decoding.TopicFilter(text)
            rules.append(
                SubscriptionRule(topicFilter: try #require(filter), family: .homeAssistant)
            )
        }
        var own = MessageDecoder(rules: rules, library: .empty)
        let now = GatewayUnderTest.midnight
        let heard = try own.decode(
            topic: messages[0].topic,
            payload: Array(messages[0].payload.utf8),
            receivedAt: now
        )
        #expect(heard.kind == .other && heard.readings.isEmpty)
        #expect(own.discoveredEntities.isEmpty)
        // The same of somebody else is learned, so that the form is right.
        var other = MessageDecoder(rules: rules, library: .empty)
        _ = try other.decode(
            topic: messages[0].topic,
            payload: Array(messages[0].payload.replacing(#""langso"}"#, with: #""x"}"#).utf8),
            receivedAt: now
        )
        let state = try other.decode(
            topic: messages[1].topic,
            payload: Array(messages[1].payload.utf8),
            receivedAt: now
        )
        let read = Dictionary(
            uniqueKeysWithValues: state.readings.map { ($0.quantity.id, $0.value) }
        )
        // What runs, a class of Home Assistant does not say.
        #expect(read == ["water.volume": 12.5, "water.ph": 7.1])
        #expect(state.deviceAddress == "langso_M-1")
    }

    @Test func `settings are read and their faults told`() throws {
        let least = """
            name: X
            data: /d
            broker: {host: 127.0.0.1}
            subscriptions: [{topic: a, family: chirpstack}]

            """
        func settings(_ text: String) throws -> HomeAssistantSettings {
            try GatewaySettings.parse(text: least + text, file: "/x.yaml", environment: [:])
                .homeAssistant
        }
        #expect(try settings("") == HomeAssistantSettings())
        #expect(try !settings("").publishes)
        let full = try settings(
            "home_assistant: {publish: true, prefix: ha, topic: xa/so, language: en, pause: 30s}"
        )
        #expect(full.publishes && full.prefix == "ha" && full.language == .english)
        #expect(full.availabilityTopic == "xa/so/status" && full.birthTopic == "ha/status")
        #expect(full.pause == .seconds(30))
        for (text, words) in [
            ("{prefix: a/#}", "without wildcards"), ("{topic: a/}", "levels of a topic"),
            ("{language: fr}", "expected vi or en"), ("{pause: 1s}", "expected 5s to 1h"),
            ("{publis: true}", "publis"),
        ] {
            let error = #expect(throws: ConfigurationFaults.self) {
                try settings("home_assistant: \(text)")
            }
            #expect(error.map { "\($0)" }?.contains(words) == true, "\(text): \(error as Any)")
        }
    }
}

/// Home Assistant is told through a real broker.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct HomeAssistantBrokerTests {
    private static let registry = [
        "villages.csv": "code,name\nv1,Bản Một\n",
        "devices.csv":
            "code,address,name,kind,profile,village\n"
            + "M-1,m1,Đồng hồ Một,water_meter,json-datalogger,v1\n",
    ]
    private static let config = "homeassistant/device/langso_M-1/config"
    private static let state = "langso/M-1/state"

    @Test func `devices are described, told anew at a birth, and taken back at their end`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-home-assistant")
        var settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")],
            registry: Self.registry
        )
        settings.homeAssistant.publishes = true
        settings.homeAssistant.pause = .seconds(5)
        settings.takesAdoptions = true
        let gateway = try await GatewayUnderTest(settings)
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        let ears = try TopicListener(port: broker.port, topic: "#")
        try await gateway.wait("listener") { ears.isConnected }
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        let now = GatewayRuntime.systemClock()
        let row = #"{"time":"\#(now.rfc3339)","volume_m3":12.5}"#
        try publisher.publish(
            topic: "logger/m1",
            payload: Array(#"{"device":"m1","records":[\#(row)]}"#.utf8)
        )
        try await gateway.wait("the description and the value") {
            ears.latestByTopic[Self.config]?.contains("Chỉ số nước") == true
                && ears.latestByTopic[Self.state] == #"{"water.volume":12.5}"#
                && ears.latestByTopic["langso/status"] == "online"
        }
        // Who subscribes later finds the description, and no old value.
        let late = try TopicListener(port: broker.port, topic: "#", id: "late")
        try await gateway.wait("what is kept") { late.latestByTopic[Self.config] != nil }
        #expect(late.latestByTopic[Self.state] == nil)
        try publisher.publish(
            topic: "homeassistant/status",
            payload: Array("online".utf8)
        )
        try await gateway.wait("the value after a birth") {
            late.latestByTopic[Self.state] == #"{"water.volume":12.5}"#
        }
        var request = DeviceChangeRequest(
            change: "retire",
            device: "M-1",
            by: "An",
            reason: "hết hạn"
        )
        request.dryRun = false
        _ = try await gateway.runtime.change(request)
        try await gateway.wait("the description is taken back") {
            ears.latestByTopic[Self.config]?.isEmpty == true
        }
        try await gateway.stop()
        try await Self.wait { ears.latestByTopic["langso/status"] == "offline" }
        publisher.stop()
        ears.stop()
        late.stop()
    }

    private static func wait(until condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !condition() {
            try #require(ContinuousClock.now < deadline, "the gateway does not say goodbye")
            await GatewayUnderTest.tick()
        }
    }
}
