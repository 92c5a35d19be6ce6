import Decoding
import Telemetry
import Testing

/// Families of meters, nodes and lines: who speaks, when, and what comes twice.
struct MeterFamilyTests {
    private static func telegram(_ time: String, total: String = "5.25", id: String = "00012345")
        -> String
    {
        #"{"_":"telegram","meter":"m","name":"House","id":"\#(id)","total_m3":\#(total),"#
            + #""timestamp":"2026-01-14T05:12:\#(time)Z"}"#
    }

    private static func wmbus() throws -> FamilyDecoder {
        try FamilyDecoder(
            .wmbusmeters,
            ["wmbusmeters/+"],
            profile: "wmbusmeters-water-meter"
        )
    }

    @Test func `a telegram that two receivers heard is one`() throws {
        var decode = try Self.wmbus()
        let one = try decode("wmbusmeters/a", Self.telegram("24"))
        let other = try decode("wmbusmeters/a", Self.telegram("26"))
        let next = try decode("wmbusmeters/a", Self.telegram("32"))
        let more = try decode("wmbusmeters/a", Self.telegram("24", total: "5.26"))
        #expect(one.sequence != nil && one.sequence == other.sequence)
        #expect(one.sequence != next.sequence && one.sequence != more.sequence)
        #expect(one.deviceAddress == "00012345")
    }

    @Test func `the access number goes before the time`() throws {
        var decode = try Self.wmbus()
        func with(_ time: String, _ number: Int) -> String {
            Self.telegram(time).replacing("\"_\"", with: "\"access_number\":\(number),\"_\"")
        }
        let one = try decode("wmbusmeters/a", with("24", 7))
        #expect(try decode("wmbusmeters/a", with("44", 7)).sequence == one.sequence)
        #expect(try decode("wmbusmeters/a", with("24", 8)).sequence != one.sequence)
    }

    @Test func `an encrypted telegram is refused with the reason`() throws {
        var decode = try Self.wmbus()
        let text = #"{"_":"telegram","meter":"m","id":"1","target_m3":3}"#
        let error = #expect(throws: DecodingError.self) { _ = try decode("wmbusmeters/a", text) }
        #expect(error?.reason == "missing_field")
        #expect(error?.description.contains("key") == true)
    }

    // MARK: Milesight

    private static let uplink =
        #"{"applicationID":1,"deviceName":"em310","devEUI":"24e124126c000001","fCnt":128,"#
        + #""fPort":85,"time":"2026-01-14T05:12:30.401Z","data":"AXVXA4JYAg==","rxInfo":[{"mac":"#
        + #""24e124fffef54092","rssi":-51,"loRaSNR":13.8,"latitude":0,"longitude":0}],"#
        + #""txInfo":{"dataRate":{"bandwidth":125}}}"#

    @Test func `an uplink of a gateway is a frame by EUI and counter`() throws {
        var decode = try FamilyDecoder(.milesight, ["#"], profile: "milesight-em310-udl")
        let message = try decode("milesight/uplink/24e124126c000001", Self.uplink)
        #expect(message.deviceAddress == "24e124126c000001")
        #expect(message.timeOrigin == .gateway && message.sequence?.counter == 128)
        #expect(message.summary.contains("bin.distance=600.0"))
        #expect(!message.summary.contains { $0.hasPrefix("location") })
        let text = Self.uplink.replacing("\"applicationID\":1", with: "\"applicationID\":\"1\"")
        #expect(try decode("t", text).sequence == message.sequence)
        let join = try decode("milesight/join/24e124126c000001", Self.uplink)
        #expect(join.kind == .join && join.readings.isEmpty)
    }

    @Test func `a body of decoded members alone is known by its topic`() throws {
        var decode = try FamilyDecoder(.milesight, ["#"], profile: "json-water-quality")
        let message = try decode("milesight/uplink/24E124126C000001", #"{"ph":7.1}"#)
        #expect(message.deviceAddress == "24e124126c000001")
        #expect(message.summary == ["water.ph=7.1"])
        #expect(throws: DecodingError.self) { _ = try decode("x/y", #"{"ph":7.1}"#) }
    }

    // MARK: FIWARE

    @Test func `a notification speaks for each of its entities`() throws {
        var decode = try FamilyDecoder(.fiware, ["#"], profile: "fiware-streetlight")
        func lamp(_ number: Int, _ type: String = "Streetlight") -> String {
            #"{"id":"urn:l:\#(number)","type":"\#(type)","voltage":{"type":"Property","#
                + #""value":23\#(number),"observedAt":"2026-01-14T05:0\#(number):00Z"}}"#
        }
        let list = [lamp(1), lamp(2), lamp(3, "Bench")].joined(separator: ",")
        let message = try decode(
            "n",
            #"{"type":"Notification","notifiedAt":"2026-01-14T05:12:00Z","data":[\#(list)]}"#
        )
        #expect(message.deviceAddress == "urn:l:1")
        #expect(message.companions.map(\.deviceAddress) == ["urn:l:2"])
        #expect(message.companions[0].summary == ["supply.voltage=232.0"])
        #expect(message.notes == [.refusedPart(.noLayout)])
        #expect(message.timeOrigin == .server)
        #expect(message.readings[0].time?.rfc3339 == "2026-01-14T05:01:00.000Z")
    }

    @Test func `a notification without anything that can be read is refused for its reason`()
        throws
    {
        var decode = try FamilyDecoder(.fiware, ["#"])
        let error = #expect(throws: DecodingError.self) {
            _ = try decode("n", #"[{"id":"a","type":"Streetlight","voltage":1}]"#)
        }
        #expect(error == .unknownDevice(address: "a", family: .fiware))
    }

    @Test func `groups of Ultralight have their own times`() throws {
        var decode = try FamilyDecoder(.fiware, ["#"], profile: "fiware-waste-container")
        let message = try decode(
            "/ul/k/b/attrs",
            "2026-01-14T05:00:00Z|fillingLevel|0.1#2026-01-14T05:10:00Z|fillingLevel|0.2"
        )
        #expect(message.deviceAddress == "b")
        #expect(message.readings.map(\.value) == [10, 20])
        #expect(message.readings[0].time?.rfc3339 == "2026-01-14T05:00:00.000Z")
        #expect(message.time.rfc3339 == "2026-01-14T05:10:00.000Z")
    }

    // MARK: uCIFI

    @Test func `a repeated notification keeps the time of its object`() throws {
        var decode = try FamilyDecoder(.ucifi, ["lamps/+"], profile: "ucifi-lamp")
        let pack =
            #"[{"bn":"/3416/0/","n":"3","v":60},{"n":"5518","v":1768367400},{"n":"6050","v":0.5}]"#
        let first = try decode("lamps/7", pack)
        let again = try decode("lamps/7", pack, at: FamilyDecoder.now + .minutes(2))
        #expect(first.deviceAddress == "7")
        #expect(first.time == again.time && first.timeOrigin == .device)
        #expect(first.time.milliseconds == 1_768_367_400_500)
    }

    // MARK: CSV

    @Test func `a column may name the device of each line`() throws {
        let profile = """
            id: lines
            manufacturer: m
            model: m
            title: t
            kind: water_quality
            source: this test
            families: [csv]
            csv:
              columns: [station, at, ph, "free chlorine"]
              time: {column: at, format: unix}
              device: station
            messages:
              - records:
                  - {record: ph, quantity: water.ph}
                  - {record: "free chlorine", quantity: water.chlorine_free}
            """
        let library = try ProfileLibrary(folder: [ProfileText(file: "p", text: profile)])
        var decoder = MessageDecoder(
            rules: [
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter("#")),
                    family: .csv,
                    profile: "lines"
                )
            ],
            library: library
        )
        let text =
            "a,1768367400,7.1,0.3\n\"b \"\"2\"\"\",1768367400,7.2,\na,1768367460,7.3,0.4\na,1\n"
        let message = try decoder.decode(
            topic: "t",
            payload: Array(text.utf8),
            receivedAt: FamilyDecoder.now
        )
        #expect(message.deviceAddress == "a")
        #expect(message.readings.map(\.value) == [7.1, 0.3, 7.3, 0.4])
        #expect(message.notes == [.refusedPart(.badValue)])
        #expect(message.companions.map(\.deviceAddress) == ["b \"2\""])
        #expect(message.companions[0].readings.map(\.value) == [7.2])
        decoder.onlyPart = "b \"2\""
        let part = try decoder.decode(
            topic: "t",
            payload: Array(text.utf8),
            receivedAt: FamilyDecoder.now
        )
        #expect(part.deviceAddress == "b \"2\"" && part.companions.isEmpty)
        #expect(part.readings.map(\.value) == [7.2])
    }

    @Test func `lines are read by the profile that their device had when they came`() throws {
        let now = FamilyDecoder.now
        var directory = DeviceDirectory()
        directory.assign("s", .init(profile: "not-there"))
        directory.assign("s", .init(profile: "csv-water-quality"), until: now)
        var decode = try FamilyDecoder(.csv, ["lines/+"], directory: directory)
        let line = "time;ph\n2026-01-14T05:00:00Z;7,1\n"
        let before = try decode("lines/s", line, at: now - .seconds(1))
        #expect(before.profileID == "csv-water-quality")
        #expect(throws: DecodingError.noProfile("not-there")) { try decode("lines/s", line) }
    }

    @Test func `who alone is wanted of lines without a profile is named`() throws {
        var decode = try FamilyDecoder(.csv, ["lines/+"])
        decode.decoder.onlyPart = "b"
        #expect(throws: DecodingError.unknownDevice(address: "b", family: .csv)) {
            try decode("lines/s", "1,2\n")
        }
    }

    // MARK: Flags

    @Test func `the flag of a status word of a meter is down without its word`() throws {
        let profile = """
            id: meter
            manufacturer: m
            model: m
            title: t
            kind: water_meter
            source: this test
            families: [wmbusmeters]
            messages:
              - records:
                  - {record: status.frozen, quantity: device.fault}
                  - {record: status.leakage, quantity: water.leak}
            """
        var decoder = MessageDecoder(
            rules: [
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter("#")),
                    family: .wmbusmeters,
                    profile: "meter"
                )
            ],
            library: try ProfileLibrary(folder: [ProfileText(file: "p", text: profile)])
        )
        var unread: Set<Int> = []
        for (status, expected) in [
            ("FROZEN", ["device.fault=1.0", "water.leak=0.0"]),
            ("OK", ["device.fault=0.0", "water.leak=0.0"]),
            // A word that the flag `leak` stands for, too, may be read by itself.
            ("LEAKAGE", ["device.fault=0.0", "water.leak=1.0"]),
        ] {
            let text = Self.telegram("24").replacing(
                #""_":"telegram""#,
                with: #""_":"telegram","status":"\#(status)""#
            )
            let message = try decoder.decode(
                topic: "t",
                payload: Array(text.utf8),
                receivedAt: FamilyDecoder.now
            )
            #expect(message.summary.sorted() == expected, "\(status)")
            unread.insert(message.unreadMemberCount)
        }
        // Words that the five flags tell are no loss where nothing reads them.
        #expect(unread.count == 1)
        let silent = try decoder.decode(
            topic: "t",
            payload: Array(Self.telegram("24").utf8),
            receivedAt: FamilyDecoder.now
        )
        #expect(silent.readings.isEmpty)
    }
}
