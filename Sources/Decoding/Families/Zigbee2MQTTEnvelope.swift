internal import Telemetry

/// Zigbee2MQTT: `{base}/{friendly name}`, the base being what stands before the wildcards of the
/// rule's filter.
///
/// Device: the friendly name, which may hold `/`; the directory may know the IEEE address instead,
/// once `bridge/devices` told it. Time: `last_seen` where it is enabled, as the coordinator's
/// clock; the device has none. Duplicates: every message repeats all that is known, so that an
/// unchanged value is no new measurement. Birth and death: `{name}/availability`, and
/// `bridge/state` for the bridge: when it is offline nobody knows how its devices are, and the
/// series of those that `bridge/devices` told of end. Groups share the names of devices and measure
/// nothing.
///
/// Each property becomes a named value, nested ones with points; the unit is what `bridge/devices`
/// says, because `voltage` is V on mains and mV on battery.
extension Envelope {
    private enum Key {
        static let state: StaticString = "state"
        static let lastSeen: StaticString = "last_seen"
        static let lastSeenName = JSONKey("last_seen")
    }

    /// What a topic below the base speaks of.
    enum Zigbee2MQTTSubject {
        case device, availability, bridgeState, bridgeDevices, bridgeGroups, other
    }

    /// Reads the topic and leaves the device's full topic as its address.
    ///
    /// - Throws: ``DecodingError/missingField(_:)`` when no name stands behind the base.
    mutating func readZigbee2MQTTTopic(_ topic: [UInt8], _ rule: SubscriptionRule)
        throws(DecodingError) -> Zigbee2MQTTSubject
    {
        let base = rule.topicFilter.literalLevelCount
        let levels = TopicLevels(topic)
        guard let first = levels.range(max(1, base)), !first.isEmpty else {
            throw .missingField("name of the device behind the base topic")
        }
        let place = max(1, base)
        var end = topic.count
        var subject = Zigbee2MQTTSubject.device
        if levels.level(place, is: "bridge") {
            needsProfile = false
            end = first.upperBound
            subject = .other
            if levels.count == place + 2 {
                if levels.level(-1, is: "state") { subject = .bridgeState }
                if levels.level(-1, is: "devices") { subject = .bridgeDevices }
                if levels.level(-1, is: "groups") { subject = .bridgeGroups }
            }
        } else if levels.count > place + 1 {
            if levels.level(-1, is: "availability") {
                subject = .availability
                end -= "/availability".utf8.count
            } else if levels.level(-1, is: "set") || levels.level(-1, is: "get") {
                subject = .other
                end -= "/set".utf8.count
            }
        }
        if subject == .bridgeState || subject == .availability {
            kind = .availability
        } else if subject != .device {
            kind = .other
        }
        self.subject.removeAll(keepingCapacity: true)
        self.subject.append(contentsOf: topic[0..<end])
        address.append(contentsOf: topic[first.lowerBound..<end])
        return subject
    }

    /// Reads `online` or `offline`, alone or as `{"state":"online"}`.
    ///
    /// - Throws: ``DecodingError`` for anything else.
    mutating func readZigbee2MQTTAvailability(
        _ payload: Span<UInt8>,
        _ document: inout JSONDocument,
        _ limits: DecodingLimits
    ) throws(DecodingError) {
        if PayloadWord.equal(payload, "online") {
            isOnline = true
        } else if PayloadWord.equal(payload, "offline") {
            isOnline = false
        } else {
            try document.parse(payload, limits: limits)
            if let node = document.member(Key.state, of: JSONDocument.root) {
                if document.isString(node, Array("online".utf8)) { isOnline = true }
                if document.isString(node, Array("offline".utf8)) { isOnline = false }
            }
        }
        guard isOnline != nil else {
            throw .badValue(field: "availability", problem: "expected online or offline")
        }
    }

    /// Reads a state message, or one attribute whose name is the last level of the topic.
    ///
    /// - Throws: ``DecodingError`` when it is no JSON, nor a word for an attribute.
    mutating func readZigbee2MQTTState(
        _ payload: Span<UInt8>,
        _ document: inout JSONDocument,
        _ limits: DecodingLimits,
        _ learned: LearnedTopics
    ) throws(DecodingError) {
        repeatsKnownValues = true
        guard PayloadWord.first(payload) == UInt8(ascii: "{") else {
            return try readZigbee2MQTTAttribute(payload, learned)
        }
        try document.parse(payload, limits: limits)
        var prefix: [UInt8] = []
        if learned.zigbeeDevice(subject) == nil, let parent = parentTopic,
            learned.zigbeeDevice(parent) != nil
        {
            // One attribute of a known device, whose value is an object.
            prefix = Array(subject[(parent.count + 1)...]) + [UInt8(ascii: ".")]
            dropAttribute(prefix.count)
        }
        let device = learned.zigbeeDevice(subject)
        takeZigbeeAddress(learned)
        if learned.isZigbeeGroup(subject) { return excludeGroup() }
        hasRecords = true
        try flatten(document, JSONDocument.root, prefix: prefix) { name, envelope in
            guard let unit = device?.units[Array(envelope.texts[name])] else { return nil }
            return envelope.keep(unit)
        }
        guard prefix.isEmpty, let node = document.member(Key.lastSeen, of: JSONDocument.root),
            document.nodes[node].kind != .null
        else { return }
        if let place = named.firstIndex(where: { isNamed($0, Key.lastSeenName) }) {
            named.remove(at: place)
        }
        if document.nodes[node].kind == .string,
            case .absolute(let time) = TimeText(document.bytes, document.nodes[node].range)
        {
            gatewayTime = time
        } else if let milliseconds = document.unsigned(node).flatMap(Int64.init(exactly:)) {
            gatewayTime = Instant(milliseconds: milliseconds)
        } else {
            notes.append(.unreadableTime(.gateway))
        }
    }

    private mutating func readZigbee2MQTTAttribute(
        _ payload: Span<UInt8>,
        _ learned: LearnedTopics
    ) throws(DecodingError) {
        guard payload.count <= DecodingLimits.waitingStateBytes, let parent = parentTopic else {
            throw .badValue(field: "payload", problem: "expected an object, or one attribute")
        }
        let attribute = Array(subject[(parent.count + 1)...])
        dropAttribute(attribute.count + 1)
        let device = learned.zigbeeDevice(subject)
        takeZigbeeAddress(learned)
        if learned.isZigbeeGroup(subject) { return excludeGroup() }
        hasRecords = true
        let name = keep(attribute)
        var text: [UInt8] = []
        payload.withUnsafeBufferPointer { text.append(contentsOf: $0) }
        if text.isEmpty || text == Array("null".utf8) { return }
        if attribute == Key.lastSeenName.bytes {
            kind = .other
            return
        }
        try addNamed(name, text: text[...])
        if let unit = device?.units[attribute] { named[0].unit = keep(unit) }
    }

    /// The topic without its last level, where a name is left behind the base.
    private var parentTopic: [UInt8]? {
        guard address.contains(UInt8(ascii: "/")),
            let slash = subject.lastIndex(of: UInt8(ascii: "/"))
        else { return nil }
        return Array(subject[..<slash])
    }

    private mutating func dropAttribute(_ count: Int) {
        subject.removeLast(count)
        address.removeLast(count)
    }

    /// Takes the IEEE address of the device as its second name.
    mutating func takeZigbeeAddress(_ learned: LearnedTopics) {
        alternateAddress.removeAll(keepingCapacity: true)
        alternateAddress.append(contentsOf: learned.zigbeeDevice(subject)?.address ?? [])
    }

    private mutating func excludeGroup() {
        kind = .other
        needsProfile = false
    }
}
