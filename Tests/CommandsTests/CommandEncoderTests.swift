import Commands
import Decoding
import Foundation
import Telemetry
import Testing

/// What each family is told, byte by byte.
struct CommandEncoderTests {
    private typealias Fixture = CommandFixture

    private static let chirpStack = "application/+/device/+/event/+"
    private static let up = "application/a81e/device/70b3d57ed0061a30/event/up"

    @Test func `ChirpStack is told in JSON what its events in JSON ask for`() throws {
        let on = try Fixture.messages(
            "netvox-r809a",
            .switchOn,
            filter: Self.chirpStack,
            .chirpstack,
            topic: Self.up
        )
        #expect(
            Fixture.lines(on) == [
                "1 application/a81e/device/70b3d57ed0061a30/command/down "
                    + #"{"id":"5b0f6d0e-3f0b-4c55-9e52-6c1f6a9d2a11","#
                    + #""devEui":"70b3d57ed0061a30","confirmed":true,"fPort":7,"#
                    + #""data":"kQ4AAAAAAAAAAAA="}"#
            ]
        )
        let dimmed = try Fixture.messages(
            "test-luminaire",
            .dim,
            percent: 40,
            filter: Self.chirpStack,
            .chirpstack,
            topic: Self.up
        )
        // 40 % of 254 is 101.6: 102, hexadecimal 66.
        #expect(dimmed[0].text?.contains(#""confirmed":false,"fPort":20,"data":"AmY=""#) == true)
    }

    @Test func `ChirpStack is told in protobuf where its events are`() throws {
        let off = try Fixture.messages(
            "test-luminaire",
            .switchOff,
            filter: Self.chirpStack,
            .chirpstack,
            topic: Self.up,
            payload: [0x0A, 0x24]
        )
        let id = Array(Fixture.token.utf8)
        let eui = Array(Fixture.eui.utf8)
        #expect(
            off[0].payload == [0x0A, 36] + id + [0x12, 16] + eui
                + [0x18, 1, 0x20, 20, 0x2A, 2, 1, 0]
        )
    }

    @Test func `ChirpStack drops what it could not send in time`() throws {
        let end = Fixture.now + .minutes(20)
        let item = try Fixture.messages(
            "test-luminaire",
            .switchOn,
            filter: Self.chirpStack,
            .chirpstack,
            topic: Self.up,
            expiresAt: end
        )
        #expect(item[0].text?.hasSuffix(#","expiresAt":"2026-01-01T00:20:00.000Z"}"#) == true)
        let binary = try Fixture.messages(
            "test-luminaire",
            .switchOn,
            filter: Self.chirpStack,
            .chirpstack,
            topic: Self.up,
            payload: [0x0A, 0x24],
            expiresAt: end
        )
        // Field 7 is a timestamp, whose field 1 is 1767226800 seconds.
        #expect(binary[0].payload.suffix(8) == [0x3A, 6, 0x08, 0xB0, 0xFB, 0xD6, 0xCA, 0x06])
    }

    @Test func `The Things Stack is pushed a downlink at QoS 0`() throws {
        let read = try Fixture.messages(
            "netvox-r809a",
            .read,
            filter: "v3/+/devices/#",
            .theThingsStack,
            topic: "v3/den-duong@xa/devices/den-42/up"
        )
        #expect(
            Fixture.lines(read) == [
                "0 v3/den-duong@xa/devices/den-42/down/push "
                    + #"{"downlinks":[{"f_port":7,"frm_payload":"lA4AAAAAAAAAAAA=","#
                    + #""priority":"NORMAL","confirmed":false,"#
                    + #""correlation_ids":["langso:5b0f6d0e-3f0b-4c55-9e52-6c1f6a9d2a11"]}]}"#
            ]
        )
    }

    @Test func `Tasmota is told on cmnd, wherever its prefix stands, and asked for its state`()
        throws
    {
        let on = try Fixture.messages(
            "tasmota-lamp",
            .switchOn,
            filter: "tele/#",
            .tasmota,
            topic: "tele/den-3/STATE"
        )
        #expect(Fixture.lines(on) == ["1 cmnd/den-3/POWER ON", "1 cmnd/den-3/STATUS 11"])
        let dimmed = try Fixture.messages(
            "tasmota-lamp",
            .dim,
            percent: 35,
            filter: "thon/#",
            .tasmota,
            topic: "thon/den-3/stat/STATUS11"
        )
        #expect(
            Fixture.lines(dimmed) == ["1 thon/den-3/cmnd/Dimmer 35", "1 thon/den-3/cmnd/STATUS 11"]
        )
    }

    @Test(arguments: ["shelly-a8/events/rpc", "shelly-a8/status/switch:0", "shelly-a8/online"])
    func `Shelly is told below its prefix`(topic: String) throws {
        let off = try Fixture.messages(
            "shelly-1pm-gen2",
            .switchOff,
            filter: "+/events/rpc",
            .shelly,
            topic: topic
        )
        #expect(
            Fixture.lines(off) == [
                "1 shelly-a8/rpc "
                    + #"{"id":1,"src":"langso","method":"Switch.Set","params":{"id":0,"on":false}}"#
            ]
        )
    }

    @Test(arguments: ["lang/\"den\" 1/events/rpc", "lang/\"den\" 1/langso/rpc"])
    func `Shelly answers a request to report below its own prefix`(topic: String) throws {
        let read = try Fixture.messages(
            "shelly-1pm-gen2",
            .read,
            filter: "lang/#",
            .shelly,
            topic: topic
        )
        #expect(
            Fixture.lines(read) == [
                "1 lang/\"den\" 1/rpc "
                    + #"{"id":1,"src":"lang/\"den\" 1/langso","method":"Shelly.GetStatus"}"#
            ]
        )
    }

    @Test func `a Shelly dimmer is told its level in percent`() throws {
        let dimmed = try Fixture.messages(
            "shelly-dimmer-gen2",
            .dim,
            percent: 35,
            filter: "+/status/#",
            .shelly,
            topic: "pole-9/status/light:0"
        )
        #expect(
            Fixture.lines(dimmed) == [
                "1 pole-9/rpc "
                    + #"{"id":1,"src":"langso","method":"Light.Set","#
                    + #""params":{"id":0,"on":true,"brightness":35}}"#
            ]
        )
    }

    @Test(arguments: ["zigbee2mqtt/thon/den 3", "zigbee2mqtt/thon/den 3/availability"])
    func `Zigbee2MQTT is told on set and asked on get`(topic: String) throws {
        func lines(_ kind: ProfileCommands.Kind, _ percent: Int?) throws -> [String] {
            Fixture.lines(
                try Fixture.messages(
                    "zigbee2mqtt-lamp",
                    kind,
                    percent: percent,
                    filter: "zigbee2mqtt/#",
                    .zigbee2MQTT,
                    topic: topic
                )
            )
        }
        let device = "1 zigbee2mqtt/thon/den 3"
        #expect(try lines(.switchOn, nil) == [device + #"/set {"state":"ON"}"#])
        #expect(try lines(.dim, 100) == [device + #"/set {"brightness":254}"#])
        #expect(try lines(.dim, 0) == [device + #"/set {"brightness":0}"#])
        #expect(try lines(.read, nil) == [device + #"/get {"state":""}"#])
    }

    @Test func `Sparkplug devices get a DCMD, edge nodes an NCMD`() throws {
        func message(_ kind: ProfileCommands.Kind, _ percent: Int?) throws -> OutgoingCommand {
            try Fixture.messages(
                "test-sparkplug",
                kind,
                percent: percent,
                filter: "spBv1.0/#",
                .sparkplug,
                topic: "spBv1.0/thon/DDATA/tu-1/den-3"
            )[0]
        }
        // 1767225600000 ms in groups of seven bits.
        let time: [UInt8] = [0x80, 0xD0, 0xEA, 0xB6, 0xB7, 0x33]
        let on = try message(.switchOn, nil)
        #expect(on.topic == "spBv1.0/thon/DCMD/tu-1/den-3" && on.isAtMostOnce)
        #expect(
            on.payload == [0x08] + time + [0x12, 20, 0x0A, 7] + Array("lamp/on".utf8) + [0x18]
                + time + [0x20, 11, 0x70, 1]
        )
        let dimmed = try message(.dim, 50)
        // Field 13, 50.0 in double precision.
        #expect(dimmed.payload.suffix(9) == [0x69, 0, 0, 0, 0, 0, 0, 0x49, 0x40])
        let read = try message(.read, nil)
        #expect(read.topic == "spBv1.0/thon/NCMD/tu-1")
        #expect(read.payload.firstRange(of: Array("Node Control/Rebirth".utf8)) != nil)
    }

    @Test func `tck-id-payloads-alias-data-cmd-requirement: a metric with an alias has no name`()
        throws
    {
        func message(_ kind: ProfileCommands.Kind) throws -> OutgoingCommand {
            try Fixture.messages(
                "test-sparkplug",
                kind,
                filter: "spBv1.0/#",
                .sparkplug,
                topic: "spBv1.0/thon/DDATA/tu-1/den-3",
                aliases: [
                    SparkplugMetricName("lamp/on", isOfNode: false): 300,
                    // That of the device is another metric than the node's.
                    SparkplugMetricName("Node Control/Rebirth", isOfNode: false): 7,
                ]
            )[0]
        }
        let time: [UInt8] = [0x80, 0xD0, 0xEA, 0xB6, 0xB7, 0x33]
        #expect(
            try message(.switchOn).payload == [0x08] + time + [0x12, 14, 0x10, 0xAC, 2, 0x18] + time
                + [0x20, 11, 0x70, 1]
        )
        let read = try message(.read)
        #expect(read.payload.firstRange(of: Array("Node Control/Rebirth".utf8)) != nil)
    }

    @Test func `a way back that is not known is told as such`() throws {
        for (filter, family, topic) in [
            ("#", Family.chirpstack, "lamps/70b3d57ed0061a30"),
            ("#", .theThingsStack, "lamps/up"), ("#", .shelly, "lamps"),
        ] {
            let error = #expect(throws: CommandRefusal.self) {
                try Fixture.messages(
                    family == .shelly ? "shelly-1pm-gen2" : "netvox-r809a",
                    .switchOn,
                    filter: filter,
                    family,
                    topic: topic
                )
            }
            #expect(error?.description.contains("\"\(topic)\"") == true, "\(family)")
        }
        let foreign = #expect(throws: CommandRefusal.self) {
            try Fixture.messages(
                "shelly-1pm-gen2",
                .switchOn,
                filter: "a/#",
                .plainJSON,
                topic: "a/status/switch:0"
            )
        }
        #expect(foreign?.description.contains("plain_json") == true)
    }

    @Test func `levels out of range or out of place are refused`() throws {
        #expect(throws: CommandRefusal.self) { try CommandAction(.dim) }
        #expect(throws: CommandRefusal.self) { try CommandAction(.dim, percent: 101) }
        #expect(throws: CommandRefusal.self) { try CommandAction(.dim, percent: -1) }
        #expect(throws: CommandRefusal.self) { try CommandAction(.switchOn, percent: 100) }
    }
}
