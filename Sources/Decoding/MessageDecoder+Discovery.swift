internal import Telemetry

/// Home Assistant's discovery: config topics describe entities, other topics carry their states.
///
/// Device: the first identifier of the device, else the entity's own. Time: that of arrival.
/// Duplicates: a config that is known byte by byte changes nothing. Birth and death: the topics of
/// `availability`; an empty config takes the entity back. A device needs no registration: its
/// description is one; a profile of the directory goes before it.
extension MessageDecoder {
    mutating func decodeDiscovery(
        _ payload: Span<UInt8>,
        _ receivedAt: Instant,
        _ flags: MessageFlags,
        _ rule: SubscriptionRule
    ) throws(DecodingError) -> DecodedMessage {
        let levels = TopicLevels(topic)
        if levels.level(-1, is: "config"), levels.count >= 4 {
            return try learnDiscovery(payload, receivedAt, rule)
        }
        if levels.count == 2, levels.level(0, is: "homeassistant"), levels.level(1, is: "status") {
            return plain(receivedAt, flags, rule, "")
        }
        let bytes = payload.withUnsafeBufferPointer { Array($0) }
        let state = LearnedTopics.WaitingState(
            payload: bytes,
            receivedAt: receivedAt,
            flags: flags
        )
        guard !learned.entities(hearing: topic).isEmpty else {
            if bytes.count <= DecodingLimits.waitingStateBytes { learned.wait(topic, state) }
            throw .unknownDevice(
                address: String(decoding: topic, as: UTF8.self),
                family: rule.family
            )
        }
        return try decodeState(of: topic, state, rule)
    }

    // MARK: Descriptions

    private mutating func learnDiscovery(
        _ payload: Span<UInt8>,
        _ receivedAt: Instant,
        _ rule: SubscriptionRule
    ) throws(DecodingError) -> DecodedMessage {
        let bytes = payload.withUnsafeBufferPointer { Array($0) }
        var message = plain(receivedAt, [], rule, "")
        if isAside, learned.hasLesson(topic) { return message }
        let hash = ContentHash.of(bytes)
        if bytes.isEmpty {
            learned.replaceEntities(topic, hash: 0, [])
            _ = learned.keepLesson(topic, [])
            message.notes.append(.learned)
            return message
        }
        if learned.isKnown(topic, hash: hash) { return message }
        try document.parse(payload, limits: settings.limits)
        let config = try DiscoveryConfig(document, topic: topic)
        // Our own word comes back to whoever listens to all descriptions.
        if config.isOwn { return message }
        guard learned.hasRoom(for: config.entities.count, at: topic) else {
            throw .tooManyElements(limit: DecodingLimits.learnedEntities)
        }
        guard learned.keepLesson(topic, bytes) else { throw Self.noRoom }
        learned.replaceEntities(topic, hash: hash, config.entities)
        message.deviceAddress = config.entities.first?.device ?? ""
        message.notes.append(.learned)
        for fault in config.faults { message.notes.append(.notLearned(fault)) }
        var heard: Set<[UInt8]> = []
        for topic in config.entities.flatMap(\.topics) where heard.insert(topic).inserted {
            guard let state = learned.takeWaiting(topic, at: receivedAt) else { continue }
            do throws(DecodingError) {
                var first = try decodeState(of: topic, state, rule)
                message.companions += first.companions
                first.companions = []
                message.companions.append(first)
            } catch {
                message.notes.append(.refusedPart(error.code))
            }
        }
        return message
    }

    // MARK: States

    /// What a state or availability topic says, one message a device.
    private mutating func decodeState(
        of topic: [UInt8],
        _ state: LearnedTopics.WaitingState,
        _ rule: SubscriptionRule
    ) throws(DecodingError) -> DecodedMessage {
        let entities = learned.entities(hearing: topic)
        let needsJSON = entities.contains { entity in
            entity.stateTopic == topic && entity.template.needsJSON
                || entity.availability.contains { $0.topic == topic && $0.template.needsJSON }
        }
        if needsJSON { try document.parse(state.payload.span, limits: settings.limits) }
        var messages: [DecodedMessage] = []
        let ofDevice = Dictionary(grouping: entities, by: \.device)
        var told: Set<String> = []
        for entity in entities where told.insert(entity.device).inserted {
            messages.append(try decodeState(ofDevice[entity.device] ?? [], topic, state, rule))
        }
        var first = messages.removeFirst()
        first.companions = messages
        return first
    }

    private mutating func decodeState(
        _ entities: [DiscoveredEntity],
        _ topic: [UInt8],
        _ state: LearnedTopics.WaitingState,
        _ rule: SubscriptionRule
    ) throws(DecodingError) -> DecodedMessage {
        envelope.clear()
        envelope.needsProfile = false
        envelope.address.append(contentsOf: Array(entities[0].device.utf8))
        envelope.hasRecords = true
        try noteAvailability(entities, topic, state.payload)
        let states = entities.filter { $0.stateTopic == topic }
        envelope.kind = states.isEmpty ? .availability : .measurement
        for entity in states {
            guard let value = entity.template.value(state.payload, document) else { continue }
            let name = envelope.keep(entity.objectID.utf8)
            let unit = entity.unit.map { envelope.keep($0.utf8) }
            let named: NamedValue.Value =
                switch value {
                case .number(let number): .number(number)
                case .flag(let flag): .flag(flag)
                case .text(let text): .text(envelope.keep(text))
                }
            try envelope.addNamed(NamedValue(name: name, unit: unit, value: named))
        }
        // What the rule names reads other messages than states that are described.
        let described = PreparedRule(rule: rule, profile: nil)
        var message = try finish(described, state.receivedAt, state.flags)
        if message.profileID.isEmpty { try addDiscovered(states, state.payload, &message) }
        return message
    }

    /// Adds the readings that the descriptions alone say.
    private func addDiscovered(
        _ entities: [DiscoveredEntity],
        _ payload: [UInt8],
        _ message: inout DecodedMessage
    ) throws(DecodingError) {
        for entity in entities {
            guard let value = entity.template.value(payload, document) else { continue }
            guard let quantity = entity.quantity else {
                message.unreadMemberCount += 1
                continue
            }
            guard let number = entity.number(of: value) else {
                message.notes.append(.unknownMeaning(field: entity.objectID))
                continue
            }
            var reading = Reading(quantity, channel: entity.uniqueID, value: number)
            if !quantity.range.contains(number) { reading.reject(.outOfRange) }
            guard message.readings.count < settings.limits.readings else {
                throw .tooManyElements(limit: settings.limits.readings)
            }
            message.readings.append(reading)
        }
    }

    /// Takes an availability topic: online as the mode of the device's first such entity says.
    private mutating func noteAvailability(
        _ entities: [DiscoveredEntity],
        _ topic: [UInt8],
        _ payload: [UInt8]
    ) throws(DecodingError) {
        guard
            let entity = entities.first(where: { $0.availability.contains { $0.topic == topic } }),
            let heard = entity.availability.first(where: { $0.topic == topic })
        else { return }
        guard let value = heard.template.value(payload, document),
            let now = heard.meaning(of: value)
        else {
            if entity.stateTopic == topic { return }
            throw .badValue(
                field: "availability",
                problem: "expected the payload for available or not available"
            )
        }
        learned.noteAvailability(topic, now)
        let known = entity.availability.compactMap { learned.isAvailable($0.topic) }
        switch entity.availabilityMode {
        case .all: envelope.isOnline = known.allSatisfy { $0 }
        case .any: envelope.isOnline = known.contains(true)
        case .latest: envelope.isOnline = now
        }
    }

    /// A message that measures nothing.
    func plain(
        _ receivedAt: Instant,
        _ flags: MessageFlags,
        _ rule: SubscriptionRule,
        _ address: String
    ) -> DecodedMessage {
        var message = DecodedMessage(receivedAt: receivedAt)
        message.family = rule.family
        message.kind = .other
        message.deviceAddress = address
        message.isRetained = flags.contains(.retained)
        message.isRedelivery = flags.contains(.duplicate)
        return message
    }
}

extension DiscoveredEntity {
    /// The number that a value stands for; nil for words without a meaning.
    func number(of value: ValueTemplate.Value) -> Double? {
        if isSwitch {
            if Self.equals(value, payloadOn) { return 1 }
            if Self.equals(value, payloadOff) { return 0 }
            return nil
        }
        guard case .number(let raw) = value else { return nil }
        let number = scaling.value(of: raw)
        return number.isFinite ? number : nil
    }

    /// Whether a value is that payload, as text, number or truth value.
    static func equals(_ value: ValueTemplate.Value, _ payload: [UInt8]) -> Bool {
        switch value {
        case .text(let text): text == payload
        case .number(let number): NumberText.value(payload[...]) == number
        case .flag(let flag): payload == Array((flag ? "true" : "false").utf8)
        }
    }
}

extension DiscoveredEntity.Availability {
    /// Whether a value says available; nil when it says neither.
    func meaning(of value: ValueTemplate.Value) -> Bool? {
        if DiscoveredEntity.equals(value, online) { return true }
        return DiscoveredEntity.equals(value, offline) ? false : nil
    }
}
