internal import Telemetry

/// The Things Stack v3, topics `v3/{application}@{tenant}/devices/{device}/{type}`.
///
/// Device: `end_device_ids.dev_eui`, else its `device_id`, which the directory may know instead.
/// Time: `time` of the best gateway that has a clock, else `received_at` of the network server,
/// else that of the application server. Duplicates: session key with frame counter. The stack
/// leaves out its own members that are 0, false or empty. Frames marked `simulated` were typed by a
/// person: no measurement. A `location/solved` is where a location service places the device.
extension Envelope {
    private enum Key {
        static let ids: StaticString = "end_device_ids"
        static let devEUI: StaticString = "dev_eui"
        static let deviceID: StaticString = "device_id"
        static let receivedAt: StaticString = "received_at"
        static let uplink: StaticString = "uplink_message"
        static let simulated: StaticString = "simulated"
        static let session: StaticString = "session_key_id"
        static let fPort: StaticString = "f_port"
        static let fCnt: StaticString = "f_cnt"
        static let payload: StaticString = "frm_payload"
        static let decoded: StaticString = "decoded_payload"
        static let rxMetadata: StaticString = "rx_metadata"
        static let time: StaticString = "time"
        static let rssi: StaticString = "rssi"
        static let snr: StaticString = "snr"
        static let battery: StaticString = "last_battery_percentage"
        static let value: StaticString = "value"
        static let solved: StaticString = "location_solved"
        static let location: StaticString = "location"
        static let latitude: StaticString = "latitude"
        static let longitude: StaticString = "longitude"
    }

    /// Reads a parsed message.
    ///
    /// - Throws: ``DecodingError`` when it is no object, names no device, or has a bad payload.
    mutating func readTheThingsStack(
        _ document: JSONDocument,
        _ topic: [UInt8],
        _ rule: SubscriptionRule
    ) throws(DecodingError) {
        let root = JSONDocument.root
        guard document.nodes[root].kind == .object else {
            throw .badValue(field: "payload", problem: "expected an object")
        }
        let levels = TopicLevels(topic)
        let isPushed = levels.level(-1, is: "push") || levels.level(-1, is: "replace")
        if isPushed, levels.level(-2, is: "down") {
            // What somebody has the stack tell a device; it names the device in its topic alone.
            kind = .other
            needsProfile = false
            if let range = levels.level(after: "devices") {
                address.append(contentsOf: topic[range])
            }
            return
        }
        try takeTheThingsStackDevice(document)
        serverTime = time(document, Key.receivedAt, of: root, origin: .server)
        if levels.level(-2, is: "location"), levels.level(-1, is: "solved") {
            return try takeTheThingsStackLocation(document)
        }
        guard let uplink = document.member(Key.uplink, of: root) else {
            if levels.level(-1, is: "up") { throw .missingField("uplink_message") }
            kind = levels.level(-1, is: "join") ? .join : .other
            return
        }
        let simulated = document.member(Key.simulated, of: root).flatMap { document.flag($0) }
        if simulated == true {
            kind = .other
            return
        }
        serverTime = time(document, Key.receivedAt, of: uplink, origin: .server) ?? serverTime
        let counter = try Self.counter(document, Key.fCnt, of: uplink, field: "f_cnt")
        sequence = MessageSequence(
            counter: counter ?? 0,
            session: Self.hash(document, Key.session, of: uplink)
        )
        port = try Self.port(document, Key.fPort, of: uplink, field: "f_port")
        if let node = document.member(Key.payload, of: uplink) {
            try takePayload(document, node, rule.payloadEncoding, field: "frm_payload")
        }
        if let node = document.member(Key.decoded, of: uplink),
            document.nodes[node].kind == .object
        {
            object = node
        }
        takeTheThingsStackReception(document, uplink)
        if let battery = document.member(Key.battery, of: uplink),
            let node = document.member(Key.value, of: battery)
        {
            batteryTime = time(document, Key.receivedAt, of: battery, origin: .server)
            // Without a value the device runs on external power or does not know; versions before
            // 3.8 wrote −1 then. 0 is an empty battery.
            let level = document.number(node).flatMap { $0 < 0 ? nil : $0 }
            if batteryTime != nil { batteryLevel = level }
        }
    }

    /// Takes where a location service places the device.
    ///
    /// The stack leaves a coordinate of exactly 0 out.
    private mutating func takeTheThingsStackLocation(_ document: JSONDocument)
        throws(DecodingError)
    {
        guard let solved = document.member(Key.solved, of: JSONDocument.root),
            let location = document.member(Key.location, of: solved)
        else { throw .missingField("location_solved.location") }
        kind = .status
        let latitude = document.member(Key.latitude, of: location)
        let longitude = document.member(Key.longitude, of: location)
        guard latitude != nil || longitude != nil else { return }
        func degrees(_ member: Int?) throws(DecodingError) -> Double {
            guard let member else { return 0 }
            guard let degrees = document.number(member) else {
                throw .badValue(field: "location_solved.location", problem: "it is no number")
            }
            return degrees
        }
        position = (try degrees(latitude), try degrees(longitude))
    }

    private mutating func takeTheThingsStackDevice(_ document: JSONDocument) throws(DecodingError) {
        guard let ids = document.member(Key.ids, of: JSONDocument.root) else {
            throw .missingField("end_device_ids")
        }
        let deviceID = document.member(Key.deviceID, of: ids)
        if let node = document.member(Key.devEUI, of: ids) {
            try takeEUI(document, node, field: "end_device_ids.dev_eui")
            if let deviceID { _ = document.appendString(deviceID, to: &alternateAddress) }
            return
        }
        guard let deviceID, document.appendString(deviceID, to: &address), !address.isEmpty else {
            throw .missingField("end_device_ids.device_id")
        }
    }

    private mutating func takeTheThingsStackReception(_ document: JSONDocument, _ uplink: Int) {
        guard let list = document.member(Key.rxMetadata, of: uplink) else { return }
        var next = document.firstElement(of: list)
        while let node = next {
            let rssi = document.member(Key.rssi, of: node).flatMap { document.number($0) }
            let snr = document.member(Key.snr, of: node).flatMap { document.number($0) }
            let isBest = takeLink(rssi: rssi, snr: snr ?? (rssi == nil ? nil : 0))
            if isBest || gatewayTime == nil {
                gatewayTime = time(document, Key.time, of: node, origin: .gateway) ?? gatewayTime
            }
            next = document.nextSibling(of: node, in: list)
        }
    }
}
