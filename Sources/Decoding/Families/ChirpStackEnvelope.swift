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
    private enum Key {
        static let deviceInfo: StaticString = "deviceInfo"
        static let devEui: StaticString = "devEui"
        static let oldEUI: StaticString = "devEUI"
        static let deduplication: StaticString = "deduplicationId"
        static let devAddr: StaticString = "devAddr"
        static let fCnt: StaticString = "fCnt"
        static let fPort: StaticString = "fPort"
        static let data: StaticString = "data"
        static let object: StaticString = "object"
        static let time: StaticString = "time"
        static let gwTime: StaticString = "gwTime"
        static let nsTime: StaticString = "nsTime"
        static let rxInfo: StaticString = "rxInfo"
        static let rssi: StaticString = "rssi"
        static let snr: StaticString = "snr"
        static let oldSNR: StaticString = "loRaSNR"
        static let margin: StaticString = "margin"
        static let batteryLevel: StaticString = "batteryLevel"
        static let batteryUnknown: StaticString = "batteryLevelUnavailable"
        static let externalPower: StaticString = "externalPowerSource"
        static let code: StaticString = "code"
        static let joinServer: StaticString = "joinServerContext"
        static let location: StaticString = "location"
        static let latitude: StaticString = "latitude"
        static let longitude: StaticString = "longitude"
    }

    /// Reads a parsed event.
    ///
    /// - Throws: ``DecodingError`` when it is no object, names no device, or has a bad payload.
    mutating func readChirpStack(
        _ document: JSONDocument,
        _ topic: [UInt8],
        _ rule: SubscriptionRule
    ) throws(DecodingError) {
        let root = JSONDocument.root
        guard document.nodes[root].kind == .object else {
            throw .badValue(field: "payload", problem: "expected an object")
        }
        let levels = TopicLevels(topic)
        kind = Self.chirpStackKind(document, levels)
        let isNewLayout = try takeChirpStackDevice(document, levels)
        serverTime = time(document, Key.time, of: root, origin: .server)
        let identifier = Self.hash(document, Key.deduplication, of: root)
        switch kind {
        case .measurement:
            let counter = try Self.counter(document, Key.fCnt, of: root, field: "fCnt")
            sequence = MessageSequence(
                counter: counter ?? (isNewLayout ? 0 : nil),
                session: Self.hash(document, Key.devAddr, of: root),
                identifier: identifier
            )
            port = try Self.port(document, Key.fPort, of: root, field: "fPort")
            takeChirpStackReception(document)
            if document.member(Key.joinServer, of: root) != nil {
                notes.append(.encryptedPayload)
                return
            }
            if let node = document.member(Key.data, of: root) {
                try takePayload(document, node, rule.payloadEncoding, field: "data")
            }
            if let node = document.member(Key.object, of: root),
                document.nodes[node].kind == .object
            {
                object = node
            }
        case .status:
            sequence = MessageSequence(identifier: identifier)
            if levels.level(-1, is: "location") {
                takeChirpStackLocation(document)
            } else {
                takeChirpStackStatus(document)
            }
        case .join, .availability, .other:
            sequence = MessageSequence(identifier: identifier)
            if levels.level(-1, is: "log") { takeChirpStackLog(document) }
        }
    }

    /// Notes what the server logged; a counter that was reset begins again as after a join, or
    /// frames with the numbers of before would pass for repetitions.
    private mutating func takeChirpStackLog(_ document: JSONDocument) {
        let name = document.member(Key.code, of: JSONDocument.root).flatMap { document.string($0) }
        let code = ServerLogCode(serverName: name ?? "")
        notes.append(.serverLog(code))
        if code == .uplinkFrameCounterReset { kind = .join }
    }

    /// By the last level of the topic where it names an event, else by what the event holds.
    private static func chirpStackKind(_ document: JSONDocument, _ levels: TopicLevels)
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
        let root = JSONDocument.root
        let isStatus =
            document.member(Key.data, of: root) == nil
            && document.member(Key.fPort, of: root) == nil
            && (document.member(Key.margin, of: root) != nil
                || document.member(Key.batteryLevel, of: root) != nil)
        return isStatus ? .status : .measurement
    }

    /// Takes the device's EUI; true for the layout of v4.
    private mutating func takeChirpStackDevice(_ document: JSONDocument, _ levels: TopicLevels)
        throws(DecodingError) -> Bool
    {
        let root = JSONDocument.root
        if let info = document.member(Key.deviceInfo, of: root) {
            guard let node = document.member(Key.devEui, of: info) else {
                throw .missingField("deviceInfo.devEui")
            }
            try takeEUI(document, node, field: "deviceInfo.devEui")
            return true
        }
        if let node = document.member(Key.oldEUI, of: root) {
            try takeEUI(document, node, field: "devEUI")
            return false
        }
        guard let range = levels.level(after: "device") else {
            throw .missingField("deviceInfo.devEui")
        }
        address.append(contentsOf: levels.topic[range].map(HexText.lowercased))
        return true
    }

    private mutating func takeChirpStackReception(_ document: JSONDocument) {
        guard let list = document.member(Key.rxInfo, of: JSONDocument.root) else { return }
        var next = document.firstElement(of: list)
        var bestTime: Int?
        var anyTime: Int?
        while let node = next {
            let clock =
                document.member(Key.gwTime, of: node) ?? document.member(Key.time, of: node)
            let rssi = document.member(Key.rssi, of: node).flatMap { document.number($0) }
            let snr = (document.member(Key.snr, of: node) ?? document.member(Key.oldSNR, of: node))
                .flatMap { document.number($0) }
            // The server leaves out a member that is 0: an SNR of 0 dB is common, an RSSI of 0 is
            // not.
            if takeLink(rssi: rssi, snr: snr ?? (rssi == nil ? nil : 0)) { bestTime = clock }
            if anyTime == nil { anyTime = clock }
            if serverTime == nil {
                serverTime = time(document, Key.nsTime, of: node, origin: .server)
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

    private mutating func takeChirpStackLocation(_ document: JSONDocument) {
        guard let place = document.member(Key.location, of: JSONDocument.root) else { return }
        // The server leaves out what is 0.
        func degrees(_ key: StaticString) -> Double {
            document.member(key, of: place).flatMap { document.number($0) } ?? 0
        }
        let found = (latitude: degrees(Key.latitude), longitude: degrees(Key.longitude))
        // Without both it is no place, but what a message without a location looks like.
        if found.latitude != 0 || found.longitude != 0 { position = found }
    }

    private mutating func takeChirpStackStatus(_ document: JSONDocument) {
        let root = JSONDocument.root
        func isSet(_ key: StaticString) -> Bool {
            document.member(key, of: root).flatMap { document.flag($0) } ?? false
        }
        if isSet(Key.batteryUnknown) || isSet(Key.externalPower) { return }
        let node = document.member(Key.batteryLevel, of: root)
        batteryLevel = node.map { document.number($0) } ?? 0
    }
}
