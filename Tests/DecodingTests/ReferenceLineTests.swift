import Telemetry
import Testing

@testable import Decoding

/// Single lines of the reference's sheets, family by family.
struct ReferenceLineTests {
    private static let now = FamilyDecoder.now

    // MARK: SenML, uCIFI

    @Test func `what was measured now keeps the time of arrival beside records of before`() throws {
        var senml = try FamilyDecoder(.senml, ["#"], profile: "senml-water-point")
        let hourAgo = Self.now - .hours(1)
        let message = try senml(
            "a",
            #"[{"bn":"urn:a:","n":"volume","u":"m3","v":1,"t":\#(hourAgo.milliseconds / 1000)},"#
                + #"{"n":"volume","u":"m3","v":2}]"#
        )
        #expect(message.readings.map { $0.time ?? message.time } == [hourAgo, Self.now])
        var ucifi = try FamilyDecoder(.ucifi, ["#"], profile: "ucifi-lamp")
        let lamp = try ucifi(
            "a",
            #"[{"bn":"/3416/0/","n":"3","v":60,"t":\#(hourAgo.milliseconds / 1000)},"#
                + #"{"bn":"/3416/1/","n":"3","v":70}]"#
        )
        #expect(lamp.readings.map { $0.time ?? lamp.time } == [hourAgo, Self.now])
    }

    @Test func `a pack that was measured now has the time of arrival and no other`() throws {
        var senml = try FamilyDecoder(.senml, ["#"], profile: "senml-water-point")
        let message = try senml("a", #"[{"bn":"urn:a:","n":"volume","u":"m3","v":1}]"#)
        #expect(message.time == Self.now && message.timeOrigin == .receive)
        #expect(message.readings.map(\.time) == [nil])
    }

    @Test(arguments: [
        ("c24101", 1.0), ("c249010000000000000000", 18_446_744_073_709_551_616),
        ("c34100", -1), ("c342ffff", -65_536), ("c240", 0), ("c243000005", 5),
        ("c48221c24202ee", 7.5), ("c48200c34109", -10),
    ])
    func `whole numbers of any size are read in CBOR`(hex: String, expected: Double) throws {
        var writer = JSONWriter()
        let pack = try #require(HexText.decode("81a1 02" + hex))
        try writer.writeSenML(pack, DecodingLimits())
        var document = JSONDocument()
        try document.parse(writer.bytes.span, limits: DecodingLimits())
        let record = try #require(document.firstElement(of: JSONDocument.root))
        let value = try #require(document.member(JSONKey("v"), of: record))
        #expect(document.number(value) == expected)
    }

    @Test func `a whole number that no double holds is refused, and so is one without bytes`()
        throws
    {
        let digits = String(repeating: "ff", count: DecodingLimits.bigNumberBytes + 1)
        for hex in ["81a102c25881" + digits, "81a102c201", "81a102c2"] {
            let pack = try #require(HexText.decode(hex))
            #expect(throws: DecodingError.self) {
                var writer = JSONWriter()
                try writer.writeSenML(pack, DecodingLimits())
            }
        }
    }

    // MARK: TALQ

    @Test func `functions of one device keep their attributes apart`() throws {
        var decode = try FamilyDecoder(.talq, ["#"], profile: "talq-lamp")
        let body = #"{"type":"AttributeFloat","value":38.5,"timestamp":"2026-01-14T05:12:11Z"}"#
        let monitor = try decode("c/pole-7/lampMonitor1/activePower", body)
        let meter = try decode("c/pole-7/meter1/activePower", body)
        #expect(monitor.deviceAddress == meter.deviceAddress)
        #expect(monitor.summary == ["lamp.power[lampMonitor1]=38.5"])
        #expect(meter.summary == ["lamp.power[meter1]=38.5"])
        let whole = try decode("c/pole-7/lampMonitor1", #"{"activePower":\#(body)}"#)
        #expect(whole.summary == monitor.summary)
    }

    // MARK: wmbusmeters

    @Test func `words of a status that no flag stands for are kept as flags of their own`() throws {
        var decode = try FamilyDecoder(.wmbusmeters, ["#"], profile: "wmbusmeters-water-meter")
        let message = try decode(
            "w",
            #"{"_":"telegram","id":"76348799","total_m3":1,"status":"LEAK OVERFLOW","#
                + #""current_status":"submarine","remaining_battery_life_y":12.5}"#
        )
        #expect(message.summary.contains("water.leak=1.0"))
        let quiet = try decode(
            "w",
            #"{"_":"telegram","id":"76348799","total_m3":1,"status":"LEAK","#
                + #""current_status":"","remaining_battery_life_y":12.5}"#
        )
        #expect(message.unreadMemberCount == quiet.unreadMemberCount + 2)
        let fine = try decode("w", #"{"_":"telegram","id":"7","total_m3":1,"status":"OK"}"#)
        #expect(fine.summary.contains("water.leak=0.0"))
    }

    // MARK: Home Assistant

    @Test(arguments: [
        ("switch", "outlet", ""), ("sensor", "power", "W"), ("sensor", "energy", "kWh"),
        ("binary_sensor", "running", ""), ("binary_sensor", "light", ""),
    ])
    func `what may be a lamp's and may be a pump's has no quantity without a profile`(
        platform: String,
        deviceClass: String,
        unit: String
    ) throws {
        var decode = try FamilyDecoder(.homeAssistant, ["homeassistant/#", "oak/#"])
        let written = unit.isEmpty ? "" : #","unit_of_measurement":"\#(unit)""#
        _ = try decode(
            "homeassistant/\(platform)/a/config",
            #"{"unique_id":"a","state_topic":"oak/a","device_class":"\#(deviceClass)"\#(written)}"#
        )
        let state = try decode("oak/a", platform == "sensor" ? "5" : "ON")
        #expect(state.readings.isEmpty && state.unreadMemberCount == 1)
    }

    @Test func `a light is a lamp`() throws {
        var decode = try FamilyDecoder(.homeAssistant, ["homeassistant/#", "oak/#"])
        _ = try decode("homeassistant/light/a/config", #"{"unique_id":"a","state_topic":"oak/a"}"#)
        #expect(try decode("oak/a", "ON").summary == ["lamp.on[a]=1.0"])
    }

    // MARK: Zigbee2MQTT

    @Test func `without their bridge nobody knows how its devices are`() throws {
        var directory = DeviceDirectory()
        directory.assign("0x0002", .init(profile: "zigbee2mqtt-lamp"))
        directory.assign("road/leak 1", .init(profile: "zigbee2mqtt-water-leak"))
        directory.assign("other", .init(profile: "zigbee2mqtt-lamp"))
        var decode = try FamilyDecoder(
            .zigbee2MQTT,
            ["one/#", "two/#"],
            directory: directory
        )
        let devices =
            #"[{"friendly_name":"road/leak 1","ieee_address":"0x0001"},"#
            + #"{"friendly_name":"plug","ieee_address":"0x0002"},"#
            + #"{"friendly_name":"stranger","ieee_address":"0x0003"}]"#
        _ = try decode("one/bridge/devices", devices)
        _ = try decode("two/bridge/devices", #"[{"friendly_name":"other"}]"#)
        let offline = try decode("one/bridge/state", #"{"state":"offline"}"#)
        #expect(offline.unknownDevices == ["0x0002", "road/leak 1"])
        #expect(offline.goneDevices.isEmpty)
        #expect(offline.summary == ["device.online=0.0"])
        #expect(try decode("one/bridge/state", "online").unknownDevices.isEmpty)
    }

    // MARK: Tasmota

    @Test func `answers to commands are states where they tell of the switch`() throws {
        var decode = try FamilyDecoder(.tasmota, ["#"], profile: "tasmota-lamp")
        #expect(try decode("stat/l/POWER", "ON").summary == ["lamp.on=1.0"])
        #expect(try decode("l/stat/POWER", "OFF").summary == ["lamp.on=0.0"])
        let dimmed = try decode("stat/l/RESULT", #"{"POWER":"ON","Dimmer":40}"#)
        #expect(dimmed.summary == ["lamp.on=1.0", "lamp.level=40.0"])
        let other = try decode("stat/l/RESULT", #"{"TelePeriod":300}"#)
        #expect(other.kind == .other && other.readings.isEmpty)
        #expect(try decode("cmnd/l/POWER", "ON").kind == .other)
        #expect(throws: DecodingError.self) { _ = try decode("stat/l/POWER", "TOGGLE") }
    }

    // MARK: Shelly

    @Test func `faults of a switch are a flag, and each of them one`() throws {
        var decode = try FamilyDecoder(.shelly, ["#"], profile: "shelly-1pm-gen2")
        func notification(_ method: String, _ status: String) -> String {
            #"{"src":"s","method":"\#(method)","params":{"ts":1768367531,"switch:0":\#(status)}}"#
        }
        let raised = try decode(
            "p/events/rpc",
            notification("NotifyStatus", #"{"output":false,"errors":["overtemp","overpower"]}"#)
        )
        #expect(raised.summary == ["lamp.on=0.0", "device.fault=1.0"])
        // Both by name, which no profile reads.
        #expect(raised.unreadMemberCount == 2)
        let over = try decode(
            "p/events/rpc",
            notification("NotifyStatus", #"{"output":true,"errors":[]}"#)
        )
        #expect(over.summary == ["lamp.on=1.0", "device.fault=0.0"])
        let part = try decode("p/events/rpc", notification("NotifyStatus", #"{"output":true}"#))
        #expect(part.summary == ["lamp.on=1.0"])
        let whole = try decode(
            "p/events/rpc",
            notification("NotifyFullStatus", #"{"output":true}"#)
        )
        #expect(whole.summary == ["lamp.on=1.0", "device.fault=0.0"])
    }

    // MARK: Milesight

    @Test func `a gateway with a codec may send the decoded members alone`() throws {
        var decode = try FamilyDecoder(.milesight, ["m/+"], profile: "milesight-em310-udl")
        let message = try decode(
            "m/24e124126c000001",
            #"{"battery":87,"distance":600,"position":"tilt","deviceName":"bin-7"}"#
        )
        #expect(message.deviceAddress == "24e124126c000001")
        #expect(
            message.summary == [
                "battery.level=87.0", "bin.distance=600.0", "bin.tilted=1.0", "bin.fill=50.0",
            ]
        )
    }
}
