internal import Telemetry

/// ChirpStack v4 events in JSON, and the v3 layout that Milesight gateways share; events in
/// protobuf come here as the JSON that ``ChirpStackEvent`` made of them.
///
/// Device: `deviceInfo.devEui` (v4) or `devEUI` (v3), else the topic level after `device`. Time:
/// `gwTime` (v4) or `time` (v3) of the best gateway that has a clock, else the server's `time`.
/// Duplicates: `deduplicationId`, and device address with frame counter. Members that are 0, false
/// or empty are left out by the server. The best gateway is the one with the highest SNR, then
/// RSSI. A frame whose key a join server keeps is encrypted: it tells of link and counter alone.
/// A `location` is where the server's resolver places the device.
///
/// - Source: ChirpStack v4 protobuf definitions, `integration.UplinkEvent`, in their JSON mapping.
extension Envelope {
    private enum Key: Int, JSONMemberName {
        case deviceInfo, oldEUI, deduplication, devAddr, fCnt, fPort, data, object,
            time, gwTime, nsTime, rxInfo, rssi, snr, oldSNR, margin, batteryLevel,
            batteryUnknown, externalPower, code, joinServer, location, latitude, longitude

        static let keys = KeyTable(Self.self)

        var key: String {
            switch self {
            case .deviceInfo: "deviceInfo"
            case .oldEUI: "devEUI"
            case .deduplication: "deduplicationId"
            case .devAddr: "devAddr"
            case .fCnt: "fCnt"
            case .fPort: "fPort"
            case .data: "data"
            case .object: "object"
            case .time: "time"
            case .gwTime: "gwTime"
            case .nsTime: "nsTime"
            case .rxInfo: "rxInfo"
            case .rssi: "rssi"
            case .snr: "snr"
            case .oldSNR: "loRaSNR"
            case .margin: "margin"
            case .batteryLevel: "batteryLevel"
            case .batteryUnknown: "batteryLevelUnavailable"
            case .externalPower: "externalPowerSource"
            case .code: "code"
            case .joinServer: "joinServerContext"
            case .location: "location"
            case .latitude: "latitude"
            case .longitude: "longitude"
            }
        }
    }

    /// Reads a parsed event.
    ///
    /// - Throws: ``DecodingError`` when it is no object, names no device, or has a bad payload.
    mutating func readChirpStack(
        _ document: JSONDocument,
        _ levels: TopicLevels,
        _ encoding: SubscriptionRule.PayloadEncoding
    ) throws(DecodingError) {
        let root = JSONDocument.root
        guard document.nodes[root].kind == .object else {
            throw .badValue(field: "payload", problem: "expected an object")
        }
        let members = JSONMembers<Key>(document, root)
        kind = Self.chirpStackKind(members, levels)
        let isNewLayout = try takeChirpStackDevice(document, members, levels)
        serverTime = time(document, members[.time], origin: .server)
        let identifier = Self.hash(document, members[.deduplication])
        switch kind {
        case .measurement:
            let counter = try Self.counter(document, members[.fCnt], field: "fCnt")
            sequence = MessageSequence(
                counter: counter ?? (isNewLayout ? 0 : nil),
                session: Self.hash(document, members[.devAddr]),
                identifier: identifier
            )
            port = try Self.port(document, members[.fPort], field: "fPort")
            takeChirpStackReception(document, members[.rxInfo])
            if members[.joinServer] != nil {
                notes.append(.encryptedPayload)
                return
            }
            if let node = members[.data] {
                try takePayload(document, node, encoding, field: "data")
            }
            if let node = members[.object], document.nodes[node].kind == .object { object = node }
        case .status:
            sequence = MessageSequence(identifier: identifier)
            if levels.level(-1, is: "location") {
                takeChirpStackLocation(document, members[.location])
            } else {
                takeChirpStackStatus(document, members)
            }
        case .join, .availability, .other:
            sequence = MessageSequence(identifier: identifier)
            if levels.level(-1, is: "log") { takeChirpStackLog(document, members[.code]) }
        }
    }

    /// Notes what the server logged; a counter that was reset begins again as after a join, or
    /// frames with the numbers of before would pass for repetitions.
    private mutating func takeChirpStackLog(_ document: JSONDocument, _ member: Int?) {
        let name = member.flatMap { document.string($0) }
        let code = ServerLogCode(serverName: name ?? "")
        notes.append(.serverLog(code))
        if code == .uplinkFrameCounterReset { kind = .join }
    }

    /// By the last level of the topic where it names an event, else by what the event holds.
    private static func chirpStackKind(_ members: JSONMembers<Key>, _ levels: TopicLevels)
        -> MessageKind
    {
        if levels.level(-1, is: "up") || levels.level(-1, is: "rx")
            || levels.level(-1, is: "uplink")
        {
            return .measurement
        }
        if levels.level(-1, is: "status") || levels.level(-1, is: "location") { return .status }
        if levels.level(-1, is: "join") { return .join }
        if levels.level(-2, is: "event") || levels.level(-2, is: "command") { return .other }
        let isStatus =
            members[.data] == nil && members[.fPort] == nil
            && (members[.margin] != nil || members[.batteryLevel] != nil)
        return isStatus ? .status : .measurement
    }

    /// Takes the device's EUI; true for the layout of v4.
    private mutating func takeChirpStackDevice(
        _ document: JSONDocument,
        _ members: JSONMembers<Key>,
        _ levels: TopicLevels
    ) throws(DecodingError) -> Bool {
        if let info = members[.deviceInfo] {
            guard let node = document.member("devEui", of: info) else {
                throw .missingField("deviceInfo.devEui")
            }
            try takeEUI(document, node, field: "deviceInfo.devEui")
            return true
        }
        if let node = members[.oldEUI] {
            try takeEUI(document, node, field: "devEUI")
            return false
        }
        guard let range = levels.level(after: "device") else {
            throw .missingField("deviceInfo.devEui")
        }
        address.append(contentsOf: levels.topic[range].map(HexText.lowercased))
        return true
    }

    private mutating func takeChirpStackReception(_ document: JSONDocument, _ member: Int?) {
        guard let list = member else { return }
        var next = document.firstElement(of: list)
        var bestTime: Int?
        var anyTime: Int?
        while let node = next {
            let members = JSONMembers<Key>(document, node)
            let clock = members[.gwTime] ?? members[.time]
            let rssi = document.number(of: members[.rssi])
            let snr = document.number(of: members[.snr] ?? members[.oldSNR])
            // The server leaves out a member that is 0: an SNR of 0 dB is common, an RSSI of 0 is
            // not.
            if takeLink(rssi: rssi, snr: snr ?? (rssi == nil ? nil : 0)) { bestTime = clock }
            if anyTime == nil { anyTime = clock }
            if serverTime == nil {
                serverTime = time(document, members[.nsTime], origin: .server)
            }
            next = document.nextSibling(of: node, in: list)
        }
        guard let node = bestTime ?? anyTime, document.nodes[node].kind != .null else { return }
        if document.nodes[node].kind == .string,
            case .absolute(let time) = TimeText(document.bytes, document.nodes[node].range)
        {
            gatewayTime = time
        } else {
            notes.append(.unreadableTime(.gateway))
        }
    }

    private mutating func takeChirpStackLocation(_ document: JSONDocument, _ member: Int?) {
        guard let member else { return }
        let members = JSONMembers<Key>(document, member)
        // The server leaves out what is 0.
        func degrees(_ key: Key) -> Double {
            members[key].flatMap { document.number($0) } ?? 0
        }
        let found = (latitude: degrees(.latitude), longitude: degrees(.longitude))
        // Without both it is no place, but what a message without a location looks like.
        if found.latitude != 0 || found.longitude != 0 { position = found }
    }

    private mutating func takeChirpStackStatus(
        _ document: JSONDocument,
        _ members: JSONMembers<Key>
    ) {
        func isSet(_ key: Key) -> Bool { members[key].flatMap { document.flag($0) } ?? false }
        if isSet(.batteryUnknown) || isSet(.externalPower) { return }
        batteryLevel = members[.batteryLevel].map { document.number($0) } ?? 0
    }
}
