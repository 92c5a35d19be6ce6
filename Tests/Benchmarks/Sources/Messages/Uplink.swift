import Decoding

/// A message of about 300 bytes as a family writes it, and the profile that reads it.
struct Uplink {
    let name: String
    let family: Family
    let filter: String
    let topic: String
    let profile: String
    let payload: String

    /// The envelopes of radio payloads, without what reading their payload costs.
    static let alone = all.filter { carriesPayload.contains($0.family) }.map(\.alone)

    private static let carriesPayload: Set<Family> = [.chirpstack, .theThingsStack]

    /// The same message read for one byte of its payload: the cost of its envelope alone.
    private var alone: Uplink {
        Uplink(
            name: "\(name)_envelope",
            family: family,
            filter: filter,
            topic: topic,
            profile: Self.oneByte.id,
            payload: payload
        )
    }

    /// A profile that reads next to nothing.
    static let oneByte = (
        id: "one-byte",
        text: """
        id: one-byte
        manufacturer: none
        model: none
        title: One byte of any payload
        kind: other
        source: made for this measurement
        families: [chirpstack, the_things_stack]
        messages:
          - bytes:
              - {quantity: battery.level, at: 0, type: u8, unit: "%"}
        """
    )

    /// JSON envelopes of 300 bytes, each with what its family always has, and read as a whole.
    static let all: [Uplink] = [
        Uplink(
            name: "chirpstack",
            family: .chirpstack,
            filter: "application/+/device/+/event/+",
            topic: "application/1/device/24e124713c140001/event/up",
            profile: "milesight-em310-udl",
            payload: #"{"deduplicationId":"3ac7e3c4-4401-4b8d-9386-a5c902f9202d","time":"#
                + #""2026-01-14T05:12:33.401+00:00","deviceInfo":{"tenantName":"xa","deviceName":"#
                + #""thung-rac-12","devEui":"24e124713c140001"},"devAddr":"00189440","#
                + #""dr":5,"fCnt":"#
                + #"4711,"fPort":85,"data":"AXVXA4JYAgQAAA==","rxInfo":[{"gatewayId":"#
                + #""0016c001f153a14c","rssi":-97,"snr":7.2}]}"#
        ),
        Uplink(
            name: "the_things_stack",
            family: .theThingsStack,
            filter: "v3/+/devices/#",
            topic: "v3/village@ttn/devices/bin-12/up",
            profile: "milesight-em310-udl",
            payload: #"{"end_device_ids":{"device_id":"bin-12","dev_eui":"24E124713C140001"},"#
                + #""received_at":"2026-01-14T05:12:33.401Z","uplink_message":{"session_key_id":"#
                + #""AXA50tHUxw==","f_port":85,"f_cnt":881,"frm_payload":"AXVXA4JYAgQAAA==","#
                + #""rx_metadata":[{"time":"2026-01-14T05:12:33.398Z","rssi":-101,"snr":5.5}]}}"#
        ),
        Uplink(
            name: "tasmota",
            family: .tasmota,
            filter: "tele/#",
            topic: "tele/den-duong-12/SENSOR",
            profile: "tasmota-lamp",
            payload: #"{"Time":"2026-01-14T12:12:11","ENERGY":{"TotalStartTime":"#
                + #""2025-06-01T08:00:00","Total":412.331,"Yesterday":0.842,"Today":0.391,"#
                + #""Period":"#
                + #"6,"Power":72,"ApparentPower":80,"ReactivePower":34,"Factor":0.9,"Voltage":231,"#
                + #""Current":0.347},"ANALOG":{"Temperature1":41.2},"TempUnit":"C"}"#
        ),
        Uplink(
            name: "zigbee2mqtt",
            family: .zigbee2MQTT,
            filter: "zigbee2mqtt/#",
            topic: "zigbee2mqtt/den-duong-12",
            profile: "zigbee2mqtt-lamp",
            payload: #"{"state":"ON","brightness":127,"color_mode":"color_temp","color_temp":370,"#
                + #""power":31.4,"energy":12.41,"voltage":230.1,"current":0.14,"#
                + #""device_temperature":"#
                + #"38,"linkquality":97,"power_on_behavior":"previous","last_seen":1768367531220,"#
                + #""update":{"installed_version":16777,"latest_version":16777,"state":"idle"}}"#
        ),
        Uplink(
            name: "senml",
            family: .senml,
            filter: "water/+/senml",
            topic: "water/12/senml",
            profile: "senml-water-point",
            payload: #"[{"bn":"urn:dev:ow:10e2073a01080063:","bt":1768367520,"n":"volume","u":"#
                + #""m3","v":1523.4},{"n":"flow","u":"m3/s","v":0.00042},{"n":"pressure","u":"Pa","#
                + #""v":312000},{"n":"temp","u":"Cel","v":21.4},{"n":"leak","vb":false},"#
                + #"{"n":"battery","u":"%EL","v":87},{"n":"volume","t":-3600,"u":"m3","v":1523.1}]"#
        ),
        Uplink(
            name: "plain_json",
            family: .plainJSON,
            filter: "bins/+",
            topic: "bins/12",
            profile: "wyndham-bin-b",
            payload: #"{"type":"Feature","properties":{"fill_lvl":6,"fill_thres":8,"serial_num":"#
                + #"1528718,"status":"READY","bin_volume":600,"reason":"MEASUREMENT","device_id":"#
                + #"4711,"timestamp":"2026-01-14T05:09:00","position":"Market street","address":"#
                + #""12 Market street","lat":"-37.8990","lon":"144.6630","age_thres":7}}"#
        ),
    ]
}
