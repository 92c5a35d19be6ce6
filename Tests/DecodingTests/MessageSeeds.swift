import Decoding
import Protobuf

/// Sound messages of every family, for tests that damage them and for the fuzzers of
/// `Tests/Fuzzing`, which begin with them.
enum MessageSeeds {
    struct Message {
        let topic: String
        let payload: [UInt8]
    }

    /// Messages to one decoder, one after another.
    struct Seed {
        let family: Family
        let profile: String
        let messages: [Message]
    }

    static let all: [Seed] =
        texts.map { family, profile, topic, text in
            Seed(
                family: family,
                profile: profile,
                messages: [Message(topic: topic, payload: Array(text.utf8))]
            )
        } + binaries + conversations

    /// Family, profile, topic and text of single messages.
    static let texts: [(Family, String, String, String)] = [
        (
            .chirpstack, "milesight-em310-udl", "application/1/device/70b3d57ed0061a2f/event/up",
            #"{"deduplicationId":"5b0f6d0e","time":"2026-01-14T05:12:33.401+00:00","deviceInfo":{"#
                + #""devEui":"70b3d57ed0061a2f"},"devAddr":"01a2b3c4","fCnt":4711,"fPort":85,"#
                + #""data":"AXVXA4JYAgQAAA==","object":{"battery":3},"rxInfo":[{"gwTime":"#
                + #""2026-01-14T05:12:33.398+00:00","rssi":-97,"snr":7.2},{"rssi":-99}]}"#
        ),
        (
            .chirpstack, "milesight-em310-udl", "application/rx",
            #"{"devEUI":"70b3d57ed0061a2f","fCnt":1,"fPort":85,"data":"AXVX","rxInfo":[{"rssi":-5,"#
                + #""loRaSNR":3,"time":"2026-01-14T05:12:33Z"}]}"#
        ),
        (
            .theThingsStack, "milesight-em310-udl", "v3/app@t/devices/lamp/up",
            #"{"end_device_ids":{"device_id":"lamp","dev_eui":"70B3D57ED0061A2F"},"received_at":"#
                + #""2026-01-14T05:12:33.401Z","#
                + #""uplink_message":{"session_key_id":"AY0","f_port":85,"#
                + #""f_cnt":881,"frm_payload":"AXVXA4JYAgQAAA==","rx_metadata":[{"time":"#
                + #""2026-01-14T05:12:33Z","rssi":-101,"snr":5.5}],"last_battery_percentage":{"#
                + #""value":74.2,"received_at":"2026-01-14T05:00:01Z"}}}"#
        ),
        (
            .helium, "milesight-em310-udl", "helium/x",
            #"{"dev_eui":"70B3D57ED0061A2F","devaddr":"07","fcnt":71,"port":85,"payload":"AXVX","#
                + #""reported_at":1768367550000,"decoded":{"payload":{"a":1}},"#
                + #""hotspots":[{"rssi":-1,"#
                + #""snr":-3.8}]}"#
        ),
        (
            .senml, "senml-water-point", "water/1/senml",
            #"[{"bn":"urn:dev:1:","bt":1768367520,"bu":"m3","bv":1,"n":"volume","v":1523.4},{"n":"#
                + #""flow","u":"m3/s","v":0.00042},{"n":"leak","vb":false},"#
                + #"{"n":"volume","t":-3600,"#
                + #""v":2},{"n":"x","vs":"a"}]"#
        ),
        (
            .tasmota, "tasmota-lamp", "tele/lamp/SENSOR",
            #"{"Time":"2026-01-14T12:12:11","ENERGY":{"Total":412.3,"Power":72,"Voltage":231}}"#
        ),
        (
            .plainJSON, "wyndham-bin-b", "bins/1",
            #"{"properties":{"fill_lvl":6,"fill_thres":8,"serial_num":7,"status":"NOT_READY","#
                + #""timestamp":"2026-01-14T05:09","lat":"-37.8","lon":"144.7"}}"#
        ),
        (
            .zigbee2MQTT, "zigbee2mqtt-lamp", "zigbee2mqtt/a/b",
            #"{"state":"ON","brightness":127,"power":31.4,"last_seen":1768367531220,"update":{"#
                + #""a":1}}"#
        ),
        (.zigbee2MQTT, "zigbee2mqtt-lamp", "zigbee2mqtt/a/availability", #"{"state":"online"}"#),
        (
            .zigbee2MQTT, "zigbee2mqtt-lamp", "zigbee2mqtt/bridge/devices",
            #"[{"friendly_name":"a/b","ieee_address":"0x1","definition":{"exposes":[{"property":"#
                + #""power","unit":"W","features":[{"property":"x","unit":"V"}]}]}}]"#
        ),
        (
            .shelly, "shelly-1pm-gen2", "p/events/rpc",
            #"{"src":"s","method":"NotifyStatus","params":{"ts":1768367531.22,"switch:0":{"apo"#
                + #"wer":7"#
                + #"1.8,"aenergy":{"total":41233.7}}}}"#
        ),
        (
            .shelly, "shelly-1pm-gen2", "p/status/switch:0",
            #"{"output":true,"temperature":{"tC":41.2}}"#
        ),
        (
            .shelly, "shelly-1pm-gen2", "p/langso/rpc",
            #"{"id":1,"src":"s","result":{"switch:0":{"output":true,"errors":["overtemp"]}}}"#
        ),
        (
            .wmbusmeters, "wmbusmeters-water-meter", "wmbusmeters/1",
            #"{"_":"telegram","meter":"m","id":"01","total_m3":1.5,"status":"LEAK","timestamp""#
                + #":"2026"#
                + #"-01-14T05:12:30Z"}"#
        ),
        (
            .fiware, "fiware-waste-container", "n",
            #"{"body":{"type":"Notification","notifiedAt":"2026-01-14T05:12:31Z","data":[{"id""#
                + #":"a","#
                + #""type":"W","fillingLevel":{"value":0.7,"unitCode":"C62","observedAt":"2026"#
                + #"-01-14T"#
                + #"05:10:33Z"},"measurand":["a, 1, mg/L, b"],"location":{"coordinates":[8.2,4"#
                + #"7]}}]},"#
                + #""metadata":{}}"#
        ),
        (
            .fiware, "fiware-waste-container", "/ul/k/b/attrs",
            "2026-01-14T05:00:00Z|fillingLevel|0.1#temperature|5"
        ),
        (
            .homeAssistant, "", "homeassistant/sensor/a/config",
            #"{"~":"oak","unique_id":"a","stat_t":"~/s","val_tpl":"{{ value_json.a['b'] | roun"#
                + #"d(1) }}"#
                + #"","dev_cla":"temperature","unit_of_meas":"°F","avty":[{"t":"oak/o"}]}"#
        ),
        (
            .ucifi, "ucifi-lamp", "lamps/7",
            #"[{"bn":"/3416/0/","bt":1768367531,"n":"3","u":"/100","v":60},{"n":"5","vb":false"#
                + #"},{"n""#
                + #":"5518","v":1768367500}]"#
        ),
        (
            .talq, "talq-lamp", "c/l/m",
            #"{"activePower":{"type":"AttributeFloat","value":3,"timestamp":"2026-01-14T05:12:"#
                + #"11Z"}}"#
        ),
        (
            .milesight, "milesight-em310-udl", "milesight/uplink/24e124126c000001",
            #"{"devEUI":"24e124126c000001","fCnt":1,"fPort":85,"data":"AXVX","rxInfo":[{"rssi""#
                + #":-51}]}"#
        ),
        (
            .csv, "csv-water-quality", "loggers/7",
            "time;ph;turbidity\r\n2026-01-14 12:00:00;7,4;\"0,62\"\r\n2026-01-14 12:10:00;7,5;1\r\n"
        ),
    ]

    /// The pack of the reference for SenML in CBOR, `device-formats`.
    static let senMLPack: [UInt8] = [
        0x85, 0xA5, 0x21, 0x78, 0x1D, 0x75, 0x72, 0x6E, 0x3A, 0x64, 0x65, 0x76, 0x3A, 0x6D, 0x61,
        0x63, 0x3A, 0x30, 0x30, 0x32, 0x34, 0x62, 0x65, 0x66, 0x66, 0x66, 0x65, 0x38, 0x30, 0x34,
        0x66, 0x66, 0x31, 0x3A, 0x22, 0x1A, 0x69, 0x55, 0xB9, 0x00, 0x00, 0x66, 0x76, 0x6F, 0x6C,
        0x75, 0x6D, 0x65, 0x01, 0x62, 0x6D, 0x33, 0x02, 0xFB, 0x40, 0x97, 0xCD, 0xA0, 0xC4, 0x9B,
        0xA5, 0xE3, 0xA3, 0x00, 0x64, 0x66, 0x6C, 0x6F, 0x77, 0x01, 0x64, 0x6D, 0x33, 0x2F, 0x73,
        0x02, 0xFB, 0x3F, 0x3B, 0x86, 0x6E, 0x43, 0xAA, 0x79, 0xBC, 0xA3, 0x00, 0x64, 0x74, 0x65,
        0x6D, 0x70, 0x01, 0x63, 0x43, 0x65, 0x6C, 0x02, 0xFB, 0x40, 0x27, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0xA2, 0x00, 0x64, 0x6C, 0x65, 0x61, 0x6B, 0x04, 0xF4, 0xA4, 0x00, 0x66, 0x76,
        0x6F, 0x6C, 0x75, 0x6D, 0x65, 0x01, 0x62, 0x6D, 0x33, 0x02, 0xFB, 0x40, 0x97, 0xCD, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x06, 0x39, 0x0E, 0x0F,
    ]

    private static let binaries: [Seed] = [
        Seed(
            family: .senml,
            profile: "senml-water-point",
            messages: [Message(topic: "water/7", payload: senMLPack)]
        ),
        Seed(
            family: .ucifi,
            profile: "ucifi-lamp",
            messages: [Message(topic: "lamps/7", payload: senMLPack)]
        ),
        Seed(
            family: .chirpstack,
            profile: "milesight-em310-udl",
            messages: [
                Message(
                    topic: "application/1/device/70b3d57ed0061a2f/event/up",
                    payload: chirpStackUplink
                )
            ]
        ),
    ]

    /// `integration.UplinkEvent` of ChirpStack v4 in protobuf.
    private static var chirpStackUplink: [UInt8] {
        var writer = ProtobufWriter()
        writer.bytes(1, "5b0f6d0e".utf8)
        writer.nested(2) { $0.variable(1, 1_768_367_553) }
        writer.nested(3) { $0.bytes(8, "70b3d57ed0061a2f".utf8) }
        writer.bytes(4, "01a2b3c4".utf8)
        writer.variable(7, 4711)
        writer.variable(8, 85)
        writer.bytes(10, [0x01, 0x75, 0x57])
        writer.nested(12) { gateway in
            gateway.variable(6, UInt64(bitPattern: -97))
            gateway.fixed32(7, Float(7.2).bitPattern)
        }
        return writer.bytes
    }

    /// Births before data, descriptions before states.
    private static let conversations: [Seed] = [
        Seed(
            family: .sparkplug,
            profile: "sparkplug-street-lamp",
            messages: [
                sparkplug("NBIRTH/n1", 0, [.init("bdSeq", datatype: 8, .long(1))]),
                sparkplug(
                    "DBIRTH/n1/lamp",
                    1,
                    [.init("lamp/power", alias: 3, datatype: 10, unit: "kW", .double(0.04))]
                ),
                sparkplug("DDATA/n1/lamp", 2, [.init(alias: 3, .double(0.05))]),
                sparkplug("DDEATH/n1/lamp", 3, []),
                sparkplug("NDEATH/n1", nil, [.init("bdSeq", datatype: 8, .long(1))]),
            ]
        ),
        Seed(
            family: .zigbee2MQTT,
            profile: "zigbee2mqtt-lamp",
            messages: [
                text(
                    "zigbee2mqtt/bridge/devices",
                    #"[{"friendly_name":"a","ieee_address":"0x1","definition":{"exposes":["#
                        + #"{"property":"power","unit":"W"}]}}]"#
                ),
                text("zigbee2mqtt/a", #"{"power":31.4,"state":"ON"}"#),
                text("zigbee2mqtt/a/power", "31.5"),
                text("zigbee2mqtt/a/availability", "offline"),
            ]
        ),
        Seed(
            family: .homeAssistant,
            profile: "",
            messages: [
                text("oak/s", "21.5"),
                text(
                    "homeassistant/sensor/a/config",
                    #"{"unique_id":"a","stat_t":"oak/s","dev_cla":"temperature","#
                        + #""unit_of_meas":"°C","avty_t":"oak/o"}"#
                ),
                text("oak/s", "21.6"), text("oak/o", "offline"),
            ]
        ),
    ]

    private static func text(_ topic: String, _ text: String) -> Message {
        Message(topic: topic, payload: Array(text.utf8))
    }

    private static func sparkplug(
        _ topic: String,
        _ sequence: UInt64?,
        _ metrics: [SparkplugMessage.Metric]
    ) -> Message {
        let message = SparkplugMessage(
            time: 1_768_367_553_000,
            sequence: sequence,
            metrics: metrics
        )
        return Message(topic: "spBv1.0/village/" + topic, payload: message.payload)
    }
}
