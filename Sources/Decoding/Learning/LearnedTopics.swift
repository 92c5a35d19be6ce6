internal import Telemetry

/// What descriptions taught the decoder: units of Zigbee devices, groups, discovered entities.
///
/// Each table has a limit of ``DecodingLimits``; beyond it nothing
/// more is learned, and the message says so. The descriptions themselves are kept as
/// ``Lesson``s, so that a gateway that starts again knows what it knew.
struct LearnedTopics: Sendable {
    /// What `bridge/devices` said of one Zigbee device.
    struct ZigbeeDevice: Sendable {
        /// IEEE address as it was written.
        var address: [UInt8]
        /// Units of its properties by their names.
        var units: [[UInt8]: [UInt8]]
    }

    /// A state that came before its description.
    struct WaitingState: Sendable {
        let payload: [UInt8]
        let receivedAt: Instant
        let flags: MessageFlags
    }

    /// What topics said that describe nothing.
    struct Heard: Sendable {
        /// The last states of topics that nothing describes yet.
        var waiting: [[UInt8]: WaitingState] = [:]
        /// What availability topics said last.
        var availability: [[UInt8]: Bool] = [:]
    }

    private struct Description: Sendable {
        var hash: UInt64
        var entities: [DiscoveredEntity]
    }

    /// Zigbee devices by their full topics.
    private var zigbeeDevices: [[UInt8]: ZigbeeDevice] = [:]
    private var zigbeeGroups: Set<[UInt8]> = []
    private var descriptions: [[UInt8]: Description] = [:]
    private(set) var entityCount = 0
    /// Config topics of the entities that a state or availability topic speaks for.
    private var speakers: [[UInt8]: Set<[UInt8]>] = [:]
    /// What was heard beside the descriptions.
    var heard = Heard()
    private var lessonsByTopic: [[UInt8]: [UInt8]] = [:]
    private var lessonBytes = 0
    /// Rises with each change of the lessons.
    private(set) var version: UInt64 = 0

    init() {}

    /// Creates tables that know nothing, whose version goes on from another.
    init(after version: UInt64) { self.version = version + 1 }

    // MARK: Zigbee

    func zigbeeDevice(_ topic: [UInt8]) -> ZigbeeDevice? { zigbeeDevices[topic] }

    /// The devices of a base by their full topics, in a stable order.
    func zigbeeDevices(below base: [UInt8]) -> [(topic: [UInt8], device: ZigbeeDevice)] {
        zigbeeDevices.filter { $0.key.starts(with: base) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { ($0.key, $0.value) }
    }

    func isZigbeeGroup(_ topic: [UInt8]) -> Bool { zigbeeGroups.contains(topic) }

    /// Takes the devices of a base in place of those known of it.
    ///
    /// - Returns: how many there was no room for.
    mutating func replaceZigbeeDevices(below base: [UInt8], _ devices: [[UInt8]: ZigbeeDevice])
        -> Int
    {
        zigbeeDevices = zigbeeDevices.filter { !$0.key.starts(with: base) }
        var missed = 0
        for topic in devices.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            if zigbeeDevices.count >= DecodingLimits.learnedEntities {
                missed += 1
            } else {
                zigbeeDevices[topic] = devices[topic]
            }
        }
        return missed
    }

    /// Takes the groups of a base in place of those known of it.
    ///
    /// - Returns: how many there was no room for.
    mutating func replaceZigbeeGroups(below base: [UInt8], _ groups: [[UInt8]]) -> Int {
        zigbeeGroups = zigbeeGroups.filter { !$0.starts(with: base) }
        let room = DecodingLimits.learnedEntities - zigbeeGroups.count
        zigbeeGroups.formUnion(groups.prefix(room))
        return max(0, groups.count - room)
    }

    // MARK: Discovery

    /// All entities, by config topic, then in the order of their description.
    var entities: [DiscoveredEntity] {
        descriptions.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .flatMap { $0.value.entities }
    }

    /// Whether the description of a config topic is known already, byte by byte.
    func isKnown(_ topic: [UInt8], hash: UInt64) -> Bool { descriptions[topic]?.hash == hash }

    /// Whether there is room for so many entities in place of those of a config topic.
    func hasRoom(for count: Int, at topic: [UInt8]) -> Bool {
        entityCount - (descriptions[topic]?.entities.count ?? 0) + count
            <= DecodingLimits.learnedEntities
    }

    /// Takes the entities of a config topic in place of those known of it; none forgets them.
    mutating func replaceEntities(_ topic: [UInt8], hash: UInt64, _ entities: [DiscoveredEntity]) {
        for entity in descriptions[topic]?.entities ?? [] {
            for heard in entity.topics {
                speakers[heard]?.remove(topic)
                if speakers[heard]?.isEmpty == true {
                    speakers[heard] = nil
                    self.heard.availability[heard] = nil
                }
            }
            entityCount -= 1
        }
        descriptions[topic] = nil
        guard !entities.isEmpty else { return }
        descriptions[topic] = Description(hash: hash, entities: entities)
        entityCount += entities.count
        for entity in entities {
            for heard in entity.topics { speakers[heard, default: []].insert(topic) }
        }
    }

    /// Entities that a topic gives states or availability of, in a stable order.
    func entities(hearing topic: [UInt8]) -> [DiscoveredEntity] {
        guard let configs = speakers[topic] else { return [] }
        return configs.sorted { $0.lexicographicallyPrecedes($1) }
            .flatMap { descriptions[$0]?.entities ?? [] }
            .filter { $0.topics.contains(topic) }
    }

    /// What an availability topic said last; nil when it was not heard.
    func isAvailable(_ topic: [UInt8]) -> Bool? { heard.availability[topic] }

    mutating func noteAvailability(_ topic: [UInt8], _ isAvailable: Bool) {
        heard.availability[topic] = isAvailable
    }

    /// Keeps the last state of a topic that nothing describes yet; the oldest gives way.
    mutating func wait(_ topic: [UInt8], _ state: WaitingState) {
        heard.waiting = heard.waiting.filter {
            state.receivedAt - $0.value.receivedAt <= DecodingLimits.waitingTime
        }
        if heard.waiting.count >= DecodingLimits.waitingStates, heard.waiting[topic] == nil,
            let oldest = heard.waiting.min(by: { one, other in
                let (first, second) = (one.value.receivedAt, other.value.receivedAt)
                return first == second
                    ? one.key.lexicographicallyPrecedes(other.key) : first < second
            })
        {
            heard.waiting[oldest.key] = nil
        }
        heard.waiting[topic] = state
    }

    /// Takes the state that waits at a topic, unless it waited too long.
    mutating func takeWaiting(_ topic: [UInt8], at now: Instant) -> WaitingState? {
        guard let state = heard.waiting.removeValue(forKey: topic),
            now - state.receivedAt <= DecodingLimits.waitingTime
        else { return nil }
        return state
    }

    // MARK: Lessons

    /// The descriptions that taught what is known, by topic.
    var lessons: [Lesson] {
        lessonsByTopic.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { Lesson(topic: $0.key, payload: $0.value) }
    }

    /// Whether a description of a topic is kept.
    func hasLesson(_ topic: [UInt8]) -> Bool { lessonsByTopic[topic] != nil }

    /// Keeps a description, or forgets the one of its topic when the payload is empty.
    ///
    /// - Returns: whether there was room; all is as before when there was none.
    mutating func keepLesson(_ topic: [UInt8], _ payload: [UInt8]) -> Bool {
        let old = lessonsByTopic[topic]
        if old == payload { return true }
        let oldBytes = old.map { $0.count + topic.count } ?? 0
        let newBytes = payload.isEmpty ? 0 : payload.count + topic.count
        guard lessonBytes - oldBytes + newBytes <= DecodingLimits.lessonBytes else { return false }
        guard old != nil || !payload.isEmpty else { return true }
        lessonsByTopic[topic] = payload.isEmpty ? nil : payload
        lessonBytes += newBytes - oldBytes
        version += 1
        return true
    }
}

/// A message that describes devices: what a decoder learned from, kept to learn from again.
public struct Lesson: Hashable, Sendable {
    /// The topic's bytes.
    public let topic: [UInt8]
    /// The payload's bytes.
    public let payload: [UInt8]

    /// Creates a lesson.
    public init(topic: [UInt8], payload: [UInt8]) {
        self.topic = topic
        self.payload = payload
    }
}
