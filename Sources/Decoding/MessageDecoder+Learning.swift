internal import Telemetry

/// What a decoder learns from descriptions, and how it knows it again after a start.
extension MessageDecoder {
    /// The entities that Home Assistant's discovery described, by their config topics.
    public var discoveredEntities: [DiscoveredEntity] { learned.entities }

    /// The descriptions that taught the decoder what it knows beside its settings.
    public var lessons: [Lesson] { learned.lessons }

    /// Rises whenever ``lessons`` changes.
    public var lessonsVersion: UInt64 { learned.version }

    /// Learns from descriptions that were kept, in place of all that it had learned and heard.
    ///
    /// - Returns: how many could not be read with the rules and limits of this decoder.
    public mutating func learn(from lessons: [Lesson]) -> Int {
        learned = LearnedTopics(after: learned.version)
        var refusedCount = 0
        for lesson in lessons {
            do throws(DecodingError) {
                _ = try decode(
                    topic: lesson.topic.span,
                    payload: lesson.payload.span,
                    receivedAt: Instant(milliseconds: 0),
                    flags: .retained
                )
            } catch {
                refusedCount += 1
            }
        }
        return refusedCount
    }

    /// Reads a message of Zigbee2MQTT, whose bridge describes devices and groups.
    mutating func readZigbee2MQTT(_ payload: Span<UInt8>, _ rule: SubscriptionRule)
        throws(DecodingError)
    {
        document.clear()
        let subject = try envelope.readZigbee2MQTTTopic(topic, rule)
        envelope.takeZigbeeAddress(learned)
        switch subject {
        case .device:
            if payload.count == 0 {
                envelope.kind = .other
            } else {
                try envelope.readZigbee2MQTTState(payload, &document, settings.limits, learned)
            }
        case .availability:
            try envelope.readZigbee2MQTTAvailability(payload, &document, settings.limits)
        case .bridgeState:
            try envelope.readZigbee2MQTTAvailability(payload, &document, settings.limits)
            if envelope.isOnline == false { envelope.unknown = zigbeeDevicesBehindBridge() }
        case .bridgeDevices, .bridgeGroups:
            try learnZigbee(payload, areGroups: subject == .bridgeGroups)
        case .other: break
        }
    }

    /// Devices of the bridge that the message is of, by the names that the directory has.
    ///
    /// Without their bridge nobody knows how they are.
    private func zigbeeDevicesBehindBridge() -> [String] {
        let base = zigbeeBase
        return learned.zigbeeDevices(below: base).map { topic, device in
            let isKnownByAddress = !device.address.isEmpty && isRegistered(device.address)
            let name = Array(topic[base.count...])
            let address = isKnownByAddress && !isRegistered(name) ? device.address : name
            return String(decoding: address, as: UTF8.self)
        }
    }

    /// The topic of the bridge without its last level, the stroke included.
    private var zigbeeBase: [UInt8] {
        let bridge = envelope.subject.lastIndex(of: UInt8(ascii: "/")) ?? 0
        return Array(envelope.subject[0...bridge])
    }

    private mutating func learnZigbee(_ payload: Span<UInt8>, areGroups: Bool)
        throws(DecodingError)
    {
        if isAside, learned.hasLesson(topic) { return }
        try document.parse(payload, limits: settings.limits)
        let base = zigbeeBase
        // What cannot be read is no lesson: it would be refused at each start again.
        let groups = areGroups ? try ZigbeeDescriptions.groups(document, base: base) : []
        let devices = areGroups ? [:] : try ZigbeeDescriptions.devices(document, base: base)
        guard learned.keepLesson(topic, payload.withUnsafeBufferPointer { Array($0) }) else {
            throw Self.noRoom
        }
        let missed =
            areGroups
            ? learned.replaceZigbeeGroups(below: base, groups)
            : learned.replaceZigbeeDevices(below: base, devices)
        envelope.notes.append(.learned)
        if missed > 0 {
            envelope.notes.append(.notLearned("\(missed) names are more than the table holds"))
        }
    }

    /// Refusal of a description that there is no room for.
    static let noRoom = DecodingError.badValue(
        field: "description",
        problem: "descriptions of more than \(DecodingLimits.lessonBytes) bytes are not kept; "
            + "remove those of devices that are gone"
    )

    /// Reads a message of a Tasmota device.
    mutating func readTasmota(
        _ payload: Span<UInt8>,
        _ rule: SubscriptionRule,
        _ receivedAt: Instant
    ) throws(DecodingError) {
        switch try envelope.readTasmotaTopic(topic) {
        case .availability: return try envelope.readTasmotaWill(payload)
        case .other:
            envelope.kind = .other
            return
        case .power:
            let text = try Envelope.tasmotaPower(payload)
            try document.parse(text.span, limits: settings.limits)
            guard envelope.takesTasmotaAnswer(document) else { return }
        case .answer:
            try document.parse(payload, limits: settings.limits)
            guard envelope.takesTasmotaAnswer(document) else { return }
        case .sensor, .state: try document.parse(payload, limits: settings.limits)
        }
        let latest = receivedAt + (rule.clock ?? settings.clock).maximumLead
        try envelope.readTasmota(document, rule, latest: latest)
        if let path = rule.archiveTime { envelope.takeArchiveTime(document, path) }
    }

    /// Reads a message of a Shelly device.
    mutating func readShelly(_ payload: Span<UInt8>) throws(DecodingError) {
        document.clear()
        switch try envelope.readShellyTopic(topic) {
        case .availability: try envelope.readShellyWill(payload)
        case .notification:
            try document.parse(payload, limits: settings.limits)
            try envelope.readShellyNotification(document)
        case .status:
            try document.parse(payload, limits: settings.limits)
            try envelope.readShellyStatus(document, topic)
        case .answer:
            try document.parse(payload, limits: settings.limits)
            try envelope.readShellyAnswer(document)
        case .other: break
        }
    }
}
