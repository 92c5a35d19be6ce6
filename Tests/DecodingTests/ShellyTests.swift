import Decoding
import Telemetry
import Testing

struct ShellyTests {
    private static func notification(_ time: String, _ component: String) -> String {
        #"{"src":"shellyplus1pm-1","method":"NotifyStatus","params":{"ts":\#(time),"#
            + #""\#(component)":{"id":0,"apower":5}}}"#
    }

    private static func decoder() throws -> FamilyDecoder {
        try FamilyDecoder(.shelly, ["#"], profile: "shelly-1pm-gen2")
    }

    @Test func `source, time and component make a frame`() throws {
        var decode = try Self.decoder()
        let first = try decode("p/events/rpc", Self.notification("1768367531.22", "switch:0"))
        let again = try decode("p/events/rpc", Self.notification("1768367531.22", "switch:0"))
        let other = try decode("p/events/rpc", Self.notification("1768367531.22", "switch:1"))
        let later = try decode("p/events/rpc", Self.notification("1768367531.23", "switch:0"))
        #expect(first.sequence != nil && first.sequence == again.sequence)
        #expect(first.sequence != other.sequence && first.sequence != later.sequence)
        #expect(first.timeOrigin == .device && !first.repeatsKnownValues)
    }

    @Test(arguments: ["null", "12.5", "0"])
    func `before its clock is set the time of arrival holds, and no frame is known`(
        time: String
    ) throws {
        var decode = try Self.decoder()
        let message = try decode("p/events/rpc", Self.notification(time, "switch:0"))
        #expect(message.timeOrigin == .receive && message.sequence == nil)
        #expect(message.summary == ["lamp.power=5.0"])
        #expect(message.notes.isEmpty)
    }

    @Test func `the directory may know the source instead of the prefix`() throws {
        var directory = DeviceDirectory()
        directory.assign("shellyplus1pm-1", .init(profile: "shelly-1pm-gen2"))
        var decode = try FamilyDecoder(.shelly, ["#"], directory: directory)
        let message = try decode("p/events/rpc", Self.notification("1768367531", "switch:0"))
        #expect(message.deviceAddress == "shellyplus1pm-1")
    }

    @Test func `a status topic repeats what a notification said`() throws {
        var decode = try Self.decoder()
        let status = try decode("a/b/status/switch:0", #"{"apower":5,"aenergy":{"total":1500}}"#)
        #expect(status.repeatsKnownValues && status.deviceAddress == "a/b")
        #expect(status.summary == ["lamp.power=5.0", "lamp.energy=1.5", "device.fault=0.0"])
        #expect(throws: DecodingError.self) { _ = try decode("a/status/switch:0", "[1]") }
    }

    @Test func `an answer to Shelly.GetStatus is a whole status, others are nothing`() throws {
        var decode = try Self.decoder()
        let topic = "lang/den 1/langso/rpc"
        let status = #"""
            {"id":1,"src":"shellyplus1pm-1","dst":"lang/den 1/langso","result":{"ble":{},
            "switch:0":{"id":0,"output":true,"apower":71.8,"aenergy":{"total":1500}},
            "wifi":{"rssi":-70}}}
            """#
        let message = try decode(topic, status)
        #expect(message.deviceAddress == "lang/den 1" && message.kind == .measurement)
        #expect(!message.repeatsKnownValues && message.timeOrigin == .receive)
        #expect(
            message.summary == [
                "lamp.on=1.0", "lamp.power=71.8", "lamp.energy=1.5", "device.fault=0.0",
                "link.rssi=-70.0",
            ]
        )
        for other in [
            #"{"id":1,"src":"s","result":{"was_on":true}}"#, #"{"id":1,"src":"s","result":null}"#,
            #"{"id":1,"src":"s","error":{"code":404,"message":"No handler"}}"#,
        ] {
            let message = try decode(topic, other)
            #expect(message.kind == .other && message.readings.isEmpty, "\(other)")
        }
        #expect(throws: DecodingError.self) { _ = try decode(topic, "[1]") }
        // Without a prefix it is an answer to somebody else.
        #expect(try decode("langso/rpc", status).kind == .other)
    }

    @Test func `sleep is no death, but the last will of a mains device is`() throws {
        var decode = try Self.decoder()
        #expect(try decode("p/online", "false").summary == ["device.online=0.0"])
        var flood = try FamilyDecoder(.shelly, ["#"], profile: "shelly-flood")
        let asleep = try flood("p/online", "false")
        #expect(asleep.readings.isEmpty && asleep.notes == [.asleep])
        #expect(throws: DecodingError.self) { _ = try flood("p/online", "maybe") }
    }

    private static func faults(_ field: String) throws -> FamilyDecoder {
        let profile = """
            id: switch
            manufacturer: m
            model: m
            title: t
            kind: lamp
            source: this test
            families: [shelly]
            messages:
              - records:
                  - {record: "switch:0.errors", quantity: device.fault}
                  - {record: "switch:0.errors.\(field)", quantity: lamp.failure}
            """
        var decode = try FamilyDecoder(.shelly, ["#"])
        decode.decoder = MessageDecoder(
            rules: [
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter("#")),
                    family: .shelly,
                    profile: "switch"
                )
            ],
            library: try ProfileLibrary(folder: [ProfileText(file: "p", text: profile)])
        )
        return decode
    }

    @Test func `the flag of one fault falls when the list does not have it any more`() throws {
        var decode = try Self.faults("overtemp")
        let topic = "a/status/switch:0"
        let raised = try decode(topic, #"{"errors":["overtemp"]}"#)
        #expect(raised.summary == ["device.fault=1.0", "lamp.failure=1.0"])
        let other = try decode(topic, #"{"errors":["overpower"]}"#)
        #expect(other.summary == ["device.fault=1.0", "lamp.failure=0.0"])
        #expect(try decode(topic, "{}").summary == ["device.fault=0.0", "lamp.failure=0.0"])
        // A change that does not speak of faults says nothing of them.
        let change = #"{"src":"s","method":"NotifyStatus","params":{"switch:0":{"apower":5}}}"#
        #expect(try decode("a/events/rpc", change).readings.isEmpty)
    }

    @Test(arguments: [
        // A number is read as it is, and is none of a flag.
        (#"5"#, 0, ["device.fault=5.0"]), (#""overtemp""#, 0, []), (#"{"a":1}"#, 1, []),
        ("null", 0, []),
        ("[[1],2]", 2, ["device.fault=1.0", "lamp.failure=0.0"]),
    ])
    func `errors that are no list of words are counted as what they are`(
        errors: String,
        unread: Int,
        readings: [String]
    ) throws {
        var decode = try Self.faults("overtemp")
        let message = try decode("a/status/switch:0", #"{"errors":\#(errors)}"#)
        #expect(message.unreadMemberCount == unread)
        #expect(message.summary == readings)
        let strange = message.readings.filter { $0.value > 1 }
        #expect(strange.allSatisfy { $0.quality == .rejected })
    }
}
