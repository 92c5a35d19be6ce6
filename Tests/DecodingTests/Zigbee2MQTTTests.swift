import Decoding
import Telemetry
import Testing

struct Zigbee2MQTTTests {
    private static let devices = #"""
        [{"friendly_name":"Coordinator","ieee_address":"0x00","type":"Coordinator"},
         {"friendly_name":"road/leak 1","ieee_address":"0x00158d0001","type":"EndDevice",
          "definition":{"exposes":[{"property":"voltage","unit":"V"},
           {"property":"battery","unit":"%"}]}},
         {"friendly_name":"plug","ieee_address":"0x00158d0002","type":"Router",
          "definition":{"exposes":[{"type":"switch","features":[{"property":"state"}]},
           {"type":"light","features":[{"property":"voltage","unit":"mV"}]}]}}]
        """#

    private static func decoder(_ profile: String, _ directory: DeviceDirectory = .init()) throws
        -> FamilyDecoder
    {
        try FamilyDecoder(
            .zigbee2MQTT,
            ["zigbee2mqtt/#"],
            profile: profile,
            directory: directory
        )
    }

    @Test func `bridge devices teaches the unit of a voltage`() throws {
        var decode = try Self.decoder("zigbee2mqtt-water-leak")
        let state = #"{"voltage":3}"#
        #expect(try decode("zigbee2mqtt/road/leak 1", state).summary == ["battery.voltage=0.003"])
        let bridge = try decode("zigbee2mqtt/bridge/devices", Self.devices, flags: .retained)
        #expect(bridge.kind == .other && bridge.readings.isEmpty)
        #expect(bridge.notes == [.learned])
        #expect(try decode("zigbee2mqtt/road/leak 1", state).summary == ["battery.voltage=3.0"])
        #expect(
            try decode("zigbee2mqtt/road/leak 1/voltage", "3").summary == ["battery.voltage=3.0"]
        )
        var plug = try Self.decoder("zigbee2mqtt-lamp")
        _ = try plug("zigbee2mqtt/bridge/devices", Self.devices)
        #expect(try plug("zigbee2mqtt/plug", #"{"voltage":230100}"#).readings[0].value == 230.1)
    }

    @Test func `a device is known by its IEEE address too, once the bridge told it`() throws {
        var directory = DeviceDirectory()
        directory.assign("0x00158d0002", .init(profile: "zigbee2mqtt-lamp"))
        var decode = try FamilyDecoder(
            .zigbee2MQTT,
            ["zigbee2mqtt/#"],
            directory: directory
        )
        #expect(throws: DecodingError.unknownDevice(address: "plug", family: .zigbee2MQTT)) {
            _ = try decode("zigbee2mqtt/plug", #"{"power":3}"#)
        }
        _ = try decode("zigbee2mqtt/bridge/devices", Self.devices)
        #expect(try decode("zigbee2mqtt/plug", #"{"power":3}"#).deviceAddress == "0x00158d0002")
        let death = try decode("zigbee2mqtt/plug/availability", "offline")
        #expect(death.deviceAddress == "0x00158d0002" && death.readings.count == 1)
        let part = try decode("zigbee2mqtt/plug/update", #"{"state":"idle"}"#)
        #expect(part.deviceAddress == "0x00158d0002" && part.readings.isEmpty)
        #expect(part.unreadMemberCount == 1)
    }

    @Test func `groups measure nothing, even those with the name of a path`() throws {
        var decode = try Self.decoder("zigbee2mqtt-lamp")
        _ = try decode("zigbee2mqtt/bridge/groups", #"[{"id":1,"friendly_name":"road/all"}]"#)
        let group = try decode("zigbee2mqtt/road/all", #"{"state":"ON"}"#)
        #expect(group.kind == .other && group.readings.isEmpty)
        #expect(try decode("zigbee2mqtt/road/one", #"{"state":"ON"}"#).readings.count == 1)
        _ = try decode("zigbee2mqtt/bridge/groups", "[]")
        #expect(try decode("zigbee2mqtt/road/all", #"{"state":"ON"}"#).readings.count == 1)
    }

    @Test func `the death of the bridge is its own while it told of no devices`() throws {
        var decode = try FamilyDecoder(.zigbee2MQTT, ["zigbee2mqtt/#"])
        let message = try decode("zigbee2mqtt/bridge/state", #"{"state":"offline"}"#)
        #expect(message.deviceAddress == "bridge" && message.kind == .availability)
        #expect(message.summary == ["device.online=0.0"])
        #expect(message.companions.isEmpty && message.unknownDevices.isEmpty)
        #expect(try decode("zigbee2mqtt/bridge/info", "{}").kind == .other)
    }

    @Test func `two bases keep their names apart`() throws {
        var decode = try FamilyDecoder(
            .zigbee2MQTT,
            ["one/#", "two/#"],
            profile: "zigbee2mqtt-water-leak"
        )
        _ = try decode("one/bridge/devices", Self.devices)
        #expect(try decode("one/road/leak 1", #"{"voltage":3}"#).readings[0].value == 3)
        #expect(try decode("two/road/leak 1", #"{"voltage":3}"#).readings[0].value == 0.003)
    }

    @Test func `a sender that repeats all it knows says so, and a kept value is no measurement`()
        throws
    {
        var decode = try Self.decoder("zigbee2mqtt-lamp")
        let message = try decode("zigbee2mqtt/plug", #"{"power":3}"#, flags: .retained)
        #expect(message.repeatsKnownValues && message.isLastKnownValue)
        #expect(message.measurements.isEmpty)
    }

    @Test func `lessons teach another decoder the same`() throws {
        var decode = try Self.decoder("zigbee2mqtt-water-leak")
        _ = try decode("zigbee2mqtt/bridge/devices", Self.devices)
        let lessons = decode.decoder.lessons
        #expect(lessons.count == 1)
        let version = decode.decoder.lessonsVersion
        _ = try decode("zigbee2mqtt/bridge/devices", Self.devices)
        #expect(decode.decoder.lessonsVersion == version)
        var other = try Self.decoder("zigbee2mqtt-water-leak")
        #expect(other.decoder.learn(from: lessons) == 0)
        #expect(try other("zigbee2mqtt/road/leak 1", #"{"voltage":3}"#).readings[0].value == 3)
    }
}
