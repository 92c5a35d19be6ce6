internal import Telemetry

/// The Things Stack v3, topics `v3/{application}@{tenant}/devices/{device}/{type}`.
///
/// Device: `end_device_ids.dev_eui`, else its `device_id`, which the directory may know instead.
/// Time: `time` of the best gateway that has a clock, else `received_at` of the network server,
/// else that of the application server. Duplicates: session key with frame counter. The stack
/// leaves out its own members that are 0, false or empty. Frames marked `simulated` were typed by a
/// person: no measurement. A `location/solved` is where a location service places the device.
extension Envelope {
    private enum Key: Int, JSONMemberName {
        case ids, devEUI, deviceID, receivedAt, uplink, simulated, session, fPort, fCnt,
            payload, decoded, rxMetadata, time, rssi, snr, battery, value, solved, location,
            latitude, longitude

        static let keys = KeyTable(Self.self)

        var key: String {
            switch self {
            case .ids: "end_device_ids"
            case .devEUI: "dev_eui"
            case .deviceID: "device_id"
            case .receivedAt: "received_at"
            case .uplink: "uplink_message"
            case .simulated: "simulated"
            case .session: "session_key_id"
            case .fPort: "f_port"
            case .fCnt: "f_cnt"
            case .payload: "frm_payload"
            case .decoded: "decoded_payload"
            case .rxMetadata: "rx_metadata"
            case .time: "time"
            case .rssi: "rssi"
            case .snr: "snr"
            case .battery: "last_battery_percentage"
            case .value: "value"
            case .solved: "location_solved"
            case .location: "location"
            case .latitude: "latitude"
            case .longitude: "longitude"
            }
        }
    }

    /// Reads a parsed message.
    ///
    /// - Throws: ``DecodingError`` when it is no object, names no device, or has a bad payload.
    mutating func readTheThingsStack(
        _ document: JSONDocument,
        _ levels: TopicLevels,
        _ encoding: SubscriptionRule.PayloadEncoding
    ) throws(DecodingError) {
        let root = JSONDocument.root
        guard document.nodes[root].kind == .object else {
            throw .badValue(field: "payload", problem: "expected an object")
        }
        let isPushed = levels.level(-1, is: "push") || levels.level(-1, is: "replace")
        if isPushed, levels.level(-2, is: "down") {
            // What somebody has the stack tell a device; it names the device in its topic alone.
            kind = .other
            needsProfile = false
            if let range = levels.level(after: "devices") {
                address.append(contentsOf: levels.topic[range])
            }
            return
        }
        let members = JSONMembers<Key>(document, root)
        try takeTheThingsStackDevice(document, members[.ids])
        serverTime = time(document, members[.receivedAt], origin: .server)
        if levels.level(-2, is: "location"), levels.level(-1, is: "solved") {
            return try takeTheThingsStackLocation(document, members[.solved])
        }
        guard let uplink = members[.uplink] else {
            if levels.level(-1, is: "up") { throw .missingField("uplink_message") }
            kind = levels.level(-1, is: "join") ? .join : .other
            return
        }
        let simulated = members[.simulated].flatMap { document.flag($0) }
        if simulated == true {
            kind = .other
            return
        }
        try takeTheThingsStackUplink(document, JSONMembers(document, uplink), encoding)
    }

    private mutating func takeTheThingsStackUplink(
        _ document: JSONDocument,
        _ members: JSONMembers<Key>,
        _ encoding: SubscriptionRule.PayloadEncoding
    ) throws(DecodingError) {
        serverTime = time(document, members[.receivedAt], origin: .server) ?? serverTime
        let counter = try Self.counter(document, members[.fCnt], field: "f_cnt")
        sequence = MessageSequence(
            counter: counter ?? 0,
            session: Self.hash(document, members[.session])
        )
        port = try Self.port(document, members[.fPort], field: "f_port")
        if let node = members[.payload] {
            try takePayload(document, node, encoding, field: "frm_payload")
        }
        if let node = members[.decoded], document.nodes[node].kind == .object { object = node }
        takeTheThingsStackReception(document, members[.rxMetadata])
        guard let node = members[.battery] else { return }
        let battery = JSONMembers<Key>(document, node)
        if let value = battery[.value] {
            batteryTime = time(document, battery[.receivedAt], origin: .server)
            // Without a value the device runs on external power or does not know; versions before
            // 3.8 wrote −1 then. 0 is an empty battery.
            let level = document.number(value).flatMap { $0 < 0 ? nil : $0 }
            if batteryTime != nil { batteryLevel = level }
        }
    }

    /// Takes where a location service places the device.
    ///
    /// The stack leaves a coordinate of exactly 0 out.
    private mutating func takeTheThingsStackLocation(_ document: JSONDocument, _ member: Int?)
        throws(DecodingError)
    {
        guard let member, let location = JSONMembers<Key>(document, member)[.location]
        else { throw .missingField("location_solved.location") }
        kind = .status
        let members = JSONMembers<Key>(document, location)
        let (latitude, longitude) = (members[.latitude], members[.longitude])
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

    private mutating func takeTheThingsStackDevice(_ document: JSONDocument, _ member: Int?)
        throws(DecodingError)
    {
        guard let member else { throw .missingField("end_device_ids") }
        let ids = JSONMembers<Key>(document, member)
        let deviceID = ids[.deviceID]
        if let node = ids[.devEUI] {
            try takeEUI(document, node, field: "end_device_ids.dev_eui")
            if let deviceID { _ = document.appendString(deviceID, to: &alternateAddress) }
            return
        }
        guard let deviceID, document.appendString(deviceID, to: &address), !address.isEmpty else {
            throw .missingField("end_device_ids.device_id")
        }
    }

    private mutating func takeTheThingsStackReception(_ document: JSONDocument, _ member: Int?) {
        guard let list = member else { return }
        var next = document.firstElement(of: list)
        while let node = next {
            let members = JSONMembers<Key>(document, node)
            let rssi = document.number(of: members[.rssi])
            let snr = document.number(of: members[.snr])
            let isBest = takeLink(rssi: rssi, snr: snr ?? (rssi == nil ? nil : 0))
            if isBest || gatewayTime == nil {
                gatewayTime = time(document, members[.time], origin: .gateway) ?? gatewayTime
            }
            next = document.nextSibling(of: node, in: list)
        }
    }
}
