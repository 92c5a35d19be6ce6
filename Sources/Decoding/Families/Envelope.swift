internal import Telemetry

/// What an envelope said, before any profile: who, when, and where the device's own words are.
///
/// One envelope is filled again for each message; its arrays keep their room.
struct Envelope: Sendable {
    var kind = MessageKind.measurement
    /// The device as the family names it.
    var address: [UInt8] = []
    /// A second name of the device that the directory may know instead; empty for none.
    var alternateAddress: [UInt8] = []
    /// What `topic_ends` of a profile is compared with: the topic, or what the family makes of it.
    var subject: [UInt8] = []
    var port: Int?
    var payload: [UInt8] = []
    var hasPayload = false
    /// Node of the plain document, or of what the server's codec decoded.
    var object: Int?
    var records: [SenMLRecord] = []
    var hasRecords = false
    /// Values under the names that the family gives them, and the bytes of their names and texts.
    var named: [NamedValue] = []
    var texts: [UInt8] = []
    /// Beginnings of names of which the message names all that hold: what is not there does not.
    var listedInFull: [Range<Int>] = []
    /// Values of the message that got no name.
    var unnamedCount = 0
    /// Whether the message speaks for a device, so that it needs a profile; false for what a
    /// bridge says of itself.
    var needsProfile = true
    /// Whether the sender repeats all it knows, so that an unchanged value is no new measurement.
    var repeatsKnownValues = false
    var deviceTime: Instant?
    var gatewayTime: Instant?
    var serverTime: Instant?
    var sequence: MessageSequence?
    var rssi: Double?
    var snr: Double?
    var batteryLevel: Double?
    var batteryTime: Instant?
    /// Where the network server places the device, in degrees.
    var position: (latitude: Double, longitude: Double)?
    var isOnline: Bool?
    /// When the device came or went by our own clock; nil for the message's time.
    var onlineTime: Instant?
    /// Devices whose series end with the message.
    var gone: [String] = []
    /// Devices of which nobody knows how they are.
    var unknown: [String] = []
    var notes: [DecodingNote] = []

    mutating func clear() {
        kind = .measurement
        Self.clear(&address)
        Self.clear(&alternateAddress)
        Self.clear(&subject)
        port = nil
        Self.clear(&payload)
        hasPayload = false
        object = nil
        Self.clear(&records)
        hasRecords = false
        Self.clear(&named)
        Self.clear(&texts)
        Self.clear(&listedInFull)
        unnamedCount = 0
        needsProfile = true
        repeatsKnownValues = false
        deviceTime = nil
        gatewayTime = nil
        serverTime = nil
        sequence = nil
        rssi = nil
        snr = nil
        batteryLevel = nil
        batteryTime = nil
        position = nil
        isOnline = nil
        onlineTime = nil
        Self.clear(&gone)
        Self.clear(&unknown)
        Self.clear(&notes)
    }

    /// Empties an array that keeps its room; most are empty most of the time.
    private static func clear<Element>(_ array: inout [Element]) {
        if !array.isEmpty { array.removeAll(keepingCapacity: true) }
    }

    /// Takes an EUI from a string node: 16 hexadecimal digits, or base64 of 8 bytes as old servers
    /// do.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for anything else.
    mutating func takeEUI(_ document: JSONDocument, _ node: Int, field: String)
        throws(DecodingError)
    {
        let range = document.nodes[node].range
        if document.nodes[node].kind == .string {
            if range.count == 16 {
                let digits = document.bytes.span
                var areLower = true
                for index in range { areLower = areLower && HexText.isLowerDigit(digits[index]) }
                if areLower {
                    digits.extracting(range).withUnsafeBufferPointer {
                        address.append(contentsOf: $0)
                    }
                    return
                }
                if range.allSatisfy({ HexText.value(document.bytes[$0]) != nil }) {
                    for index in range { address.append(HexText.lowercased(digits[index])) }
                    return
                }
            }
            var bytes: [UInt8] = []
            if range.count == 12, Base64Text.decode(document.bytes, range, into: &bytes),
                bytes.count == 8
            {
                for byte in bytes {
                    address.append(HexText.digit(byte >> 4))
                    address.append(HexText.digit(byte & 0xF))
                }
                return
            }
        }
        throw .badValue(field: field, problem: "it is no EUI of 16 hexadecimal digits")
    }

    /// Takes the radio payload from a string node.
    ///
    /// - Throws: ``DecodingError/badEncoding(field:expected:)``.
    mutating func takePayload(
        _ document: JSONDocument,
        _ node: Int,
        _ encoding: SubscriptionRule.PayloadEncoding,
        field: String
    ) throws(DecodingError) {
        guard document.nodes[node].kind != .null else { return }
        guard document.nodes[node].kind == .string else {
            throw .badEncoding(field: field, expected: encoding.rawValue)
        }
        let range = document.nodes[node].range
        let isDecoded =
            switch encoding {
            case .base64: Base64Text.decode(document.bytes, range, into: &payload)
            case .hexadecimal: HexText.decode(document.bytes, range, into: &payload)
            }
        guard isDecoded else { throw .badEncoding(field: field, expected: encoding.rawValue) }
        hasPayload = !payload.isEmpty
    }

    /// Reads an RFC 3339 time from a member, where there is one; notes one that cannot be read.
    mutating func time(_ document: JSONDocument, _ member: Int?, origin: TimeOrigin) -> Instant? {
        guard let node = member, document.nodes[node].kind != .null else { return nil }
        if document.nodes[node].kind == .string,
            case .absolute(let time) = TimeText(document.bytes, document.nodes[node].range)
        {
            return time
        }
        notes.append(.unreadableTime(origin))
        return nil
    }

    /// Takes link quality when it is better than what was seen: higher SNR, then higher RSSI.
    ///
    /// - Returns: whether it was better.
    mutating func takeLink(rssi newRSSI: Double?, snr newSNR: Double?) -> Bool {
        let isBetter =
            switch (newSNR, snr) {
            case (let new?, let old?):
                new > old || (new == old && (newRSSI ?? -999) > (rssi ?? -999))
            case (.some, nil): true
            case (nil, .some): false
            case (nil, nil): (newRSSI ?? -999) > (rssi ?? -999)
            }
        if isBetter {
            rssi = newRSSI
            snr = newSNR
        }
        return isBetter
    }

    /// A LoRaWAN port from a member; nil when absent.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for anything but 0 to 255.
    static func port(_ document: JSONDocument, _ member: Int?, field: String)
        throws(DecodingError) -> Int?
    {
        guard let node = member else { return nil }
        guard let port = document.unsigned(node), port <= 255 else {
            throw .badValue(field: field, problem: "expected a port from 0 to 255")
        }
        return Int(port)
    }

    /// A frame counter from a member; nil when absent.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for anything but 0 to 2^32 − 1.
    static func counter(_ document: JSONDocument, _ member: Int?, field: String)
        throws(DecodingError) -> UInt64?
    {
        guard let node = member else { return nil }
        guard let count = document.unsigned(node), count <= UInt64(UInt32.max) else {
            throw .badValue(field: field, problem: "expected a frame counter of 32 bits")
        }
        return count
    }

    /// Hash of a string member; nil when it is absent or empty.
    static func hash(_ document: JSONDocument, _ member: Int?) -> UInt64? {
        guard let node = member, document.nodes[node].kind == .string,
            !document.nodes[node].range.isEmpty
        else { return nil }
        var hash = ContentHash()
        hash.combine(document.bytes, document.nodes[node].range)
        return hash.value
    }
}
