import Protobuf
import Telemetry
import Testing

@testable import Decoding

/// Lines of the sheets of ChirpStack and The Things Stack: frames that stay encrypted, places, and
/// batteries.
struct ServerFamilyTests {
    private static let head =
        #""deduplicationId":"5b0f","time":"2026-01-14T05:12:33.401Z","#
        + #""deviceInfo":{"devEui":"70b3d57ed0061a2f"}"#

    private static func chirpStack(_ event: String, _ members: String) throws -> DecodedMessage {
        var decode = try FamilyDecoder(
            .chirpstack,
            ["application/#"],
            profile: "milesight-em310-udl"
        )
        return try decode(
            "application/1/device/70b3d57ed0061a2f/event/\(event)",
            "{\(head),\(members)}"
        )
    }

    @Test func `a frame whose key a join server keeps tells of the link alone`() throws {
        let frame =
            #""fCnt":9,"fPort":85,"data":"AXVXA4JYAgQAAA==","rxInfo":[{"rssi":-97,"snr":7}]"#
        let open = try Self.chirpStack("up", frame)
        #expect(open.readings.contains { $0.quantity.id == "bin.distance" })
        let closed = try Self.chirpStack(
            "up",
            frame + #","joinServerContext":{"sessionKeyId":"01","appSKey":{"aesKey":"AA=="}}"#
        )
        #expect(closed.summary == ["link.rssi=-97.0", "link.snr=7.0", "link.frame_count=9.0"])
        #expect(closed.notes == [.encryptedPayload])
        #expect(closed.sequence == open.sequence)
    }

    @Test func `a frame whose key a join server keeps is known as such in protobuf too`() throws {
        var writer = ProtobufWriter()
        writer.nested(3) { $0.bytes(8, "70b3d57ed0061a2f".utf8) }
        writer.variable(8, 85)
        writer.bytes(10, [1, 0x75, 0x57])
        writer.nested(15) { $0.bytes(1, "01".utf8) }
        var decode = try FamilyDecoder(
            .chirpstack,
            ["application/#"],
            profile: "milesight-em310-udl"
        )
        let message = try decode.decoder.decode(
            topic: "application/1/device/70b3d57ed0061a2f/event/up",
            payload: writer.bytes,
            receivedAt: FamilyDecoder.now
        )
        #expect(message.readings.isEmpty && message.notes == [.encryptedPayload])
    }

    @Test func `a place that the server resolved is two readings`() throws {
        let message = try Self.chirpStack(
            "location",
            #""location":{"latitude":21.5,"longitude":107.25,"altitude":120}"#
        )
        #expect(message.kind == .status)
        #expect(message.summary == ["location.lat=21.5", "location.lon=107.25"])
        let equator = try Self.chirpStack("location", #""location":{"longitude":107.25}"#)
        #expect(equator.summary == ["location.lat=0.0", "location.lon=107.25"])
        #expect(try Self.chirpStack("location", #""location":{}"#).readings.isEmpty)
    }

    @Test(arguments: [
        (#""value":0,"#, ["battery.level=0.0"]), (#""value":74.25,"#, ["battery.level=74.25"]),
        // External power, or a device that does not know.
        ("", []), (#""value":-1,"#, []),
    ])
    func `0 % is an empty battery, and a device without one has no value`(
        value: String,
        expected: [String]
    ) throws {
        var decode = try FamilyDecoder(
            .theThingsStack,
            ["v3/#"],
            profile: "milesight-em310-udl"
        )
        let message = try decode(
            "v3/a/devices/d/up",
            #"{"end_device_ids":{"device_id":"d","dev_eui":"70B3D57ED0061A2F"},"uplink_message":{"#
                + #""f_port":85,"frm_payload":"BAAA","last_battery_percentage":{\#(value)"#
                + #""f_cnt":1,"received_at":"2026-01-14T05:00:01Z"}}}"#
        )
        #expect(message.summary == ["bin.tilted=0.0"] + expected)
    }

    @Test func `a solved location of The Things Stack places the device`() throws {
        var decode = try FamilyDecoder(.theThingsStack, ["v3/#"], profile: "milesight-em310-udl")
        func solved(_ rest: String) throws -> DecodedMessage {
            try decode(
                "v3/a@t/devices/d/location/solved",
                #"{"end_device_ids":{"device_id":"d","dev_eui":"70B3D57ED0061A2F"},"#
                    + #""received_at":"2026-01-14T05:00:01Z"\#(rest)}"#
            )
        }
        let message = try solved(
            #","location_solved":{"service":"s","location":{"latitude":21.5,"longitude":107.25}}"#
        )
        #expect(message.kind == .status && message.deviceAddress == "70b3d57ed0061a2f")
        #expect(message.summary == ["location.lat=21.5", "location.lon=107.25"])
        #expect(message.time.rfc3339 == "2026-01-14T05:00:01.000Z")
        // What is exactly 0 is left out.
        let equator = try solved(#","location_solved":{"location":{"longitude":107.25}}"#)
        #expect(equator.summary == ["location.lat=0.0", "location.lon=107.25"])
        #expect(try solved(#","location_solved":{"location":{}}"#).readings.isEmpty)
        #expect(throws: DecodingError.missingField("location_solved.location")) { try solved("") }
        #expect(throws: DecodingError.self, "a text is no coordinate, and not 0") {
            try solved(#","location_solved":{"location":{"latitude":"21.5","longitude":107.25}}"#)
        }
    }
}
