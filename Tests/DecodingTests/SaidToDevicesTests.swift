import Decoding
import DeviceProfiles
import Telemetry
import Testing

/// What somebody tells a device, heard by whoever subscribes to all its topics, measures nothing.
struct SaidToDevicesTests {
    private static func decoded(
        _ family: Family,
        _ topic: String,
        _ text: String
    ) throws -> DecodedMessage {
        let all = try #require(TopicFilter("#"))
        let library = try ProfileLibrary(
            folder: DeviceProfiles.profiles().map { ProfileText(file: $0.name, text: $0.text) }
        )
        let profile = family == .shelly ? "shelly-1pm-gen2" : "lorawan-luminaire"
        var decoder = MessageDecoder(
            rules: [SubscriptionRule(topicFilter: all, family: family, profile: profile)],
            library: library
        )
        return try decoder.decode(
            topic: topic,
            payload: Array(text.utf8),
            receivedAt: Instant(milliseconds: 1_767_225_600_000)
        )
    }

    @Test func `a downlink that is queued at ChirpStack is no uplink`() throws {
        let message = try Self.decoded(
            .chirpstack,
            "application/a/device/0102030405060708/command/down",
            #"{"devEui":"0102030405060708","confirmed":true,"fPort":10,"data":"AQ=="}"#
        )
        #expect(message.kind == .other && message.readings.isEmpty)
        #expect(message.deviceAddress == "0102030405060708")
    }

    @Test(arguments: ["push", "replace"])
    func `a downlink that is queued at The Things Stack is read, and measures nothing`(
        type: String
    ) throws {
        let message = try Self.decoded(
            .theThingsStack,
            "v3/app@ttn/devices/den-42/down/\(type)",
            #"{"downlinks":[{"f_port":7,"frm_payload":"AQ=="}]}"#
        )
        #expect(message.kind == .other && message.readings.isEmpty)
        #expect(message.deviceAddress == "den-42")
    }

    @Test(arguments: ["command", "command/switch:0", "rpc"])
    func `what is said to a Shelly is about the device itself`(topic: String) throws {
        let message = try Self.decoded(.shelly, "shelly-a8/\(topic)", "{}")
        #expect(message.kind == .other && message.deviceAddress == "shelly-a8")
    }
}
