import Commands
import Decoding
import Foundation
import Telemetry
import TestKit
import Testing

/// Profiles, ways and messages of devices that tests tell something.
enum CommandFixture {
    static let now = Instant(milliseconds: 1_767_225_600_000)
    static let token = "5b0f6d0e-3f0b-4c55-9e52-6c1f6a9d2a11"
    static let eui = "70b3d57ed0061a30"

    /// Profiles of tests: what no shipped one states.
    static let own = """
        id: test-luminaire
        manufacturer: Test
        model: L1
        title: Lamp
        kind: lamp
        source: made for tests
        families: [chirpstack]
        expected_interval: 15m
        commands:
          source: made for tests
          within: 90s
          switch_on: {confirms: lamp.on, send: [{port: 20, bytes: "01 ff"}]}
          switch_off: {confirms: lamp.on, send: [{port: 20, confirmed: true, bytes: "01 00"}]}
          dim: {confirms: lamp.level, full: 254, send: [{port: 20, bytes: "02 {level}"}]}
        messages:
          - port: 10
            byte_order: big
            time: {at: 0, type: u32}
            bytes:
              - {quantity: lamp.on, at: 4, type: u8, channel: "1"}
              - {quantity: lamp.on, at: 5, type: u8, channel: "2"}
              - {quantity: lamp.level, at: 6, type: u8}
        """

    static let sparkplug = """
        id: test-sparkplug
        manufacturer: Test
        model: S1
        title: Lamp
        kind: lamp
        source: made for tests
        families: [sparkplug]
        commands:
          source: made for tests
          switch_on: {confirms: lamp.on, send: [{metric: lamp/on, type: Boolean, value: true}]}
          dim:
            confirms: lamp.level
            send: [{metric: lamp/level, type: Double, value: "{level}"}]
          read: {send: [{metric: Node Control/Rebirth, type: Boolean, value: true, node: true}]}
        messages:
          - records: [{record: lamp/on, quantity: lamp.on}]
        """

    static func library() throws -> ProfileLibrary {
        let more = [own, sparkplug].map { ProfileText(file: "test", text: $0) }
        return try ShippedProfiles.library().overlaid(with: ProfileLibrary(folder: more))
    }

    static func rule(_ filter: String, _ family: Family, _ profile: String? = nil) throws
        -> SubscriptionRule
    {
        let parsed = TopicFilter(filter)
        return SubscriptionRule(
            topicFilter: try #require(parsed),
            family: family,
            profile: profile
        )
    }

    /// What a device is told.
    static func messages(
        _ profile: String,
        _ kind: ProfileCommands.Kind,
        percent: Int? = nil,
        filter: String,
        _ family: Family,
        topic: String,
        payload: [UInt8] = Array("{}".utf8),
        address: String = eui,
        aliases: [SparkplugMetricName: UInt64] = [:],
        expiresAt: Instant? = nil
    ) throws -> [OutgoingCommand] {
        var route = DeviceRoute(
            try rule(filter, family),
            topic: topic,
            payload: payload,
            address: address
        )
        route.aliases = aliases
        let commands = try #require(try library()[profile]?.commands)
        let template = try #require(commands[kind])
        return try CommandEncoder(route: route, token: token, now: now, expiresAt: expiresAt)
            .messages(template, for: CommandAction(kind, percent: percent))
    }

    /// Topics and payloads, a line each.
    static func lines(_ messages: [OutgoingCommand]) -> [String] {
        messages.map { "\($0.isAtMostOnce ? 0 : 1) \($0.topic) \($0.shownPayload)" }
    }
}
