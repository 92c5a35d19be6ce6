import Telemetry
import TestKit
import Testing

@testable import Decoding

/// What a message repeats with each of its values has a longest length, so that a payload never
/// unfolds into a multiple of itself.
struct EnvelopeLimitTests {
    private static let long = String(repeating: "n", count: DecodingLimits.nameBytes + 1)
    private static let now = FamilyDecoder.now

    @Test func `a base name that is too long is refused in both families that have one`() throws {
        var senml = try FamilyDecoder(.senml, ["#"], profile: "senml-water-point")
        let pack = #"[{"bn":"\#(Self.long)","n":"volume","v":1},{"n":"flow","v":2}]"#
        #expect(throws: DecodingError.self) { _ = try senml("a", pack) }
        #expect(throws: DecodingError.self) {
            _ = try senml("a", #"[{"bn":"urn:a:","n":"\#(Self.long)","v":1}]"#)
        }
        var ucifi = try FamilyDecoder(.ucifi, ["#"], profile: "ucifi-lamp")
        #expect(throws: DecodingError.self) {
            _ = try ucifi("a", #"[{"bn":"\#(Self.long):/3416/0/","n":"3","v":60}]"#)
        }
    }

    @Test func `a unit that is too long is none that anybody knows`() throws {
        var ucifi = try FamilyDecoder(.ucifi, ["#"], profile: "ucifi-lamp")
        let unit = "%" + String(repeating: " ", count: 200 << 10)
        let message = try ucifi("a", #"[{"bn":"/3416/0/","bu":"\#(unit)","n":"3","v":60}]"#)
        #expect(message.readings.isEmpty)
        #expect(message.notes.map(\.code) == ["unknown_unit"])
    }

    @Test func `a column with a name that is too long is refused`() throws {
        var csv = try FamilyDecoder(.csv, ["#"], profile: "csv-water-quality")
        let error = #expect(throws: DecodingError.self) {
            _ = try csv("a", "time,\(Self.long)\n2026-01-14T05:12:33Z,1\n")
        }
        #expect(error?.code == .badValue)
    }

    @Test func `a Sparkplug metric or name that is too long is refused`() throws {
        var decoder = try SparkplugTests.decoder()
        let birth = SparkplugMessage(
            sequence: 0,
            metrics: [.init(Self.long, alias: 1, datatype: 10, .double(1))]
        )
        for topic in ["spBv1.0/g/NBIRTH/n", "spBv1.0/g/NBIRTH/\(Self.long)"] {
            let error = #expect(throws: DecodingError.self) {
                _ = try decoder.decode(topic: topic, payload: birth.payload, receivedAt: Self.now)
            }
            #expect(error?.code == .badValue)
        }
    }

    @Test func `a topic of too many levels is refused before anything looks for them`() throws {
        var decode = try FamilyDecoder(.tasmota, ["tele/#"], profile: "tasmota-lamp")
        let most = Array(repeating: "a", count: DecodingLimits.topicLevels - 2)
        let topic = "tele/\(most.joined(separator: "/"))/SENSOR"
        #expect(try decode(topic, #"{"ENERGY":{"Power":1}}"#).readings.count == 1)
        let error = #expect(throws: DecodingError.self) { _ = try decode("\(topic)/b", "{}") }
        #expect(error == .badValue(field: "topic", problem: "it has more than 200 levels"))
        let slashes = String(repeating: "/", count: 60_000)
        #expect(
            Family.detect(topic: slashes, payload: Array("{}".utf8)).map(\.family) == [.plainJSON]
        )
    }

    @Test func `a long address without a directory entry is not kept ready`() {
        var table = AddressTable(DeviceDirectory(), .empty)
        let short = Array(repeating: UInt8(ascii: "a"), count: DecodingLimits.internedAddressBytes)
        #expect(table.entry(of: short).address.utf8.count == short.count)
        #expect(table.known(short) != nil)
        #expect(table.entry(of: short + [0x62]).address.utf8.count == short.count + 1)
        #expect(table.known(short + [0x62]) == nil)
    }

    @Test func `addresses that senders make up fill the table once, and push nobody out`() {
        var directory = DeviceDirectory()
        for number in 0..<100 { directory.assign("known-\(number)", .init(profile: "p")) }
        var table = AddressTable(directory, .empty)
        let room = DecodingLimits.internedAddresses - 100
        for number in 0..<room + 1_000 {
            let address = Array("flood-\(number)".utf8)
            #expect(table.entry(of: address).profile == nil)
            // What is kept is found again, what is not is made anew each time.
            #expect((table.known(address) != nil) == (number < room), "\(number)")
        }
        for number in 0..<100 {
            #expect(table.known(Array("known-\(number)".utf8))?.profile != nil)
        }
    }

    @Test func `a description of more components than a device has is refused`() throws {
        var decode = try FamilyDecoder(.homeAssistant, ["homeassistant/#", "oak/#"])
        func config(_ count: Int) -> String {
            let parts = (0..<count).map {
                #""c\#($0)":{"p":"sensor","uniq_id":"u\#($0)","dev_cla":"humidity"}"#
            }
            return
                #"{"dev":{"ids":"d"},"stat_t":"oak/s","cmps":{\#(parts.joined(separator: ","))}}"#
        }
        let most = DecodingLimits.deviceComponents
        #expect(throws: DecodingError.tooManyElements(limit: most)) {
            _ = try decode("homeassistant/device/d/config", config(most + 1))
        }
        _ = try decode("homeassistant/device/d/config", config(most))
        let state = try decode("oak/s", "50")
        #expect(state.readings.count == most && state.companions.isEmpty)
    }

    @Test func `one state topic for many devices gives a message for each, in their order`() throws
    {
        var decode = try FamilyDecoder(.homeAssistant, ["homeassistant/#", "oak/#"])
        let count = 600
        for number in 0..<count {
            _ = try decode(
                "homeassistant/sensor/n\(1000 + number)/config",
                #"{"uniq_id":"n\#(number)","stat_t":"oak/all","dev_cla":"humidity","#
                    + #""dev":{"ids":"d\#(number)"}}"#
            )
        }
        let state = try decode("oak/all", "50")
        let devices = [state.deviceAddress] + state.companions.map(\.deviceAddress)
        #expect(devices == (0..<count).map { "d\($0)" })
    }
}
