internal import Telemetry

/// One frame as a network server tells it: in ChirpStack's words or in those of The Things Stack.
///
/// Channels and data rates are those of AS923-2, the plan in use in Vietnam.
/// - Source: ChirpStack v4, `integration.UplinkEvent` in JSON; The Things Stack v3, MQTT server;
///   LoRaWAN Regional Parameters RP002-1.0.4, section 2.10.
struct RadioFrame: Sendable {
    let link: RadioLink
    let counter: Int64
    let port: Int
    let payload: [UInt8]
    /// When the message reaches the broker; the gateway heard it 350 ms before.
    let time: Instant

    private struct Reception {
        let gateway: Int
        let rssi: Int64
        let snr: Double
    }

    /// An `up` event of ChirpStack v4.
    func chirpStackEvent() -> [UInt8] {
        var text = JSONText(reserving: 1400)
        text.append("{\"deduplicationId\":\"")
        text.appendUUID(
            link.noise.bits(counter, salt: 0x20),
            link.noise.bits(counter, salt: 0x21)
        )
        text.append("\",\"time\":\"")
        text.append(time - Milliseconds(150), zone: "+00:00")
        text.append(
            "\",\"deviceInfo\":{\"tenantId\":\"6d6f2d70-686f-4e67-8000-000000000001\","
                + "\"tenantName\":\"Mô phỏng\",\"applicationId\":\"mo-phong\","
                + "\"applicationName\":\"Mô phỏng langso\",\"deviceProfileName\":\""
        )
        text.append(link.profile)
        text.append("\",\"deviceName\":\"")
        text.append(link.code)
        text.append("\",\"devEui\":\"")
        text.appendHex(link.eui, digits: 16)
        text.append("\",\"deviceClassEnabled\":\"CLASS_A\",\"tags\":{\"simulated\":\"true\"}}")
        text.append(",\"devAddr\":\"")
        text.appendHex(link.noise.bits(0, salt: 0x22), digits: 8)
        text.append("\",\"adr\":true,\"dr\":5,\"fCnt\":")
        text.append(counter)
        text.append(",\"fPort\":")
        text.append(Int64(port))
        text.append(",\"confirmed\":false,\"data\":\"")
        text.appendBase64(payload)
        text.append("\",\"rxInfo\":[")
        for (place, reception) in receptions().enumerated() {
            if place > 0 { text.append(",") }
            appendChirpStack(reception, to: &text)
        }
        text.append("],\"txInfo\":{\"frequency\":")
        text.append(frequency)
        text.append(
            ",\"modulation\":{\"lora\":{\"bandwidth\":125000,\"spreadingFactor\":7,"
                + "\"codeRate\":\"CR_4_5\"}}},\"regionConfigId\":\"as923_2\"}"
        )
        return text.bytes
    }

    /// An `up` message of The Things Stack v3.
    ///
    /// Its member `simulated` stays false: true means a frame that a person typed into the console,
    /// which no gateway may take for a measurement. The application's name marks these.
    func theThingsStackUplink() -> [UInt8] {
        var text = JSONText(reserving: 1400)
        text.append("{\"end_device_ids\":{\"device_id\":\"")
        text.append(link.code.lowercased())
        text.append("\",\"application_ids\":{\"application_id\":\"mo-phong\"},\"dev_eui\":\"")
        text.append(RadioLink.text(link.eui).uppercased())
        text.append("\",\"dev_addr\":\"")
        text.appendHex(link.noise.bits(0, salt: 0x22), digits: 8)
        text.append("\"},\"correlation_ids\":[\"gs:uplink:MP")
        text.appendHex(link.noise.bits(counter, salt: 0x20), digits: 16)
        text.append("\"],\"received_at\":\"")
        text.append(time - Milliseconds(50), zone: "Z")
        text.append("\",\"uplink_message\":{\"session_key_id\":\"")
        text.appendHex(link.noise.bits(0, salt: 0x23), digits: 16)
        text.append("\",\"f_port\":")
        text.append(Int64(port))
        text.append(",\"f_cnt\":")
        text.append(counter)
        text.append(",\"frm_payload\":\"")
        text.appendBase64(payload)
        text.append("\",\"rx_metadata\":[")
        for (place, reception) in receptions().enumerated() {
            if place > 0 { text.append(",") }
            appendTheThingsStack(reception, to: &text)
        }
        text.append(
            "],\"settings\":{\"data_rate\":{\"lora\":{\"bandwidth\":125000,"
                + "\"spreading_factor\":7,\"coding_rate\":\"4/5\"}},\"frequency\":\""
        )
        text.append(frequency)
        text.append("\"},\"received_at\":\"")
        text.append(time - Milliseconds(150), zone: "Z")
        text.append("\",\"consumed_airtime\":\"0.082176s\",\"network_ids\":{\"net_id\":\"000000\",")
        text.append("\"tenant_id\":\"lang-so\"}}}")
        return text.bytes
    }

    private var frequency: Int64 { counter % 2 == 0 ? 921_400_000 : 921_600_000 }

    /// The gateways that heard the frame: the device's own one, and now and then another.
    private func receptions() -> [Reception] {
        let home = link.noise.index(0, below: 3, salt: 0x30)
        let distance = link.noise.unit(0, salt: 0x31)
        let fading = link.noise.signed(counter, salt: 0x32)
        let own = Reception(
            gateway: home,
            rssi: Int64(-82 - 24 * distance + 4 * fading),
            snr: 9.5 - 12 * distance + 1.5 * fading
        )
        guard link.noise.unit(counter, salt: 0x33) < RadioLink.secondGatewayShare else {
            return [own]
        }
        let other = Reception(gateway: (home + 1) % 3, rssi: own.rssi - 9, snr: own.snr - 4.2)
        return [own, other]
    }

    private func appendChirpStack(_ reception: Reception, to text: inout JSONText) {
        text.append("{\"gatewayId\":\"024d5000ff00000")
        text.append(Int64(reception.gateway + 1))
        text.append("\",\"uplinkId\":")
        text.append(Int64(link.noise.bits(counter, salt: 0x34) % 4_000_000_000))
        text.append(",\"gwTime\":\"")
        text.append(time - Milliseconds(350), zone: "+00:00")
        text.append("\",\"nsTime\":\"")
        text.append(time - Milliseconds(150), zone: "+00:00")
        text.append("\",\"rssi\":")
        text.append(reception.rssi)
        text.append(",\"snr\":")
        text.append(reception.snr, places: 1)
        text.append(
            ",\"channel\":\(counter % 2),\"context\":\"AAAAAA==\","
                + "\"metadata\":{\"region_config_id\":\"as923_2\"},\"crcStatus\":\"CRC_OK\"}"
        )
    }

    private func appendTheThingsStack(_ reception: Reception, to text: inout JSONText) {
        text.append("{\"gateway_ids\":{\"gateway_id\":\"mp-tram-\(reception.gateway + 1)\",")
        text.append("\"eui\":\"024D5000FF00000\(reception.gateway + 1)\"},\"time\":\"")
        text.append(time - Milliseconds(350), zone: "Z")
        text.append("\",\"rssi\":")
        text.append(reception.rssi)
        text.append(",\"channel_rssi\":")
        text.append(reception.rssi)
        text.append(",\"snr\":")
        text.append(reception.snr, places: 1)
        text.append(",\"received_at\":\"")
        text.append(time - Milliseconds(160), zone: "Z")
        text.append("\"}")
    }
}
