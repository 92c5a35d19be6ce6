internal import Decoding
internal import Telemetry
internal import WebServer

/// Decides what Home Assistant is told: what differs from what it was told before.
struct DiscoveryRound: Sendable {
    /// One message.
    struct Message: Hashable, Sendable {
        let topic: String
        /// Empty for what is taken back.
        let payload: String
        /// Descriptions are kept by the broker, values are not: an old value is no present one.
        let isRetained: Bool
    }

    private let settings: HomeAssistantSettings
    private let profiles: ProfileLibrary
    /// Descriptions as they were told, by topic.
    private var told: [String: DeviceDescription] = [:]
    /// When the last values that were told had been measured, by device.
    private var stated: [String: String] = [:]
    /// Topics of descriptions that the broker keeps, of this run or of one before.
    private(set) var keptTopics: Set<String>
    /// Topics that the last messages take back.
    private var withdrawn: Set<String> = []

    /// Creates a round that has told nothing itself.
    ///
    /// - Parameters:
    ///   - settings: topics and language.
    ///   - profiles: say who made the devices.
    ///   - keptTopics: topics of descriptions that a run before had the broker keep.
    init(
        _ settings: HomeAssistantSettings,
        _ profiles: ProfileLibrary,
        keptTopics: Set<String>
    ) {
        self.settings = settings
        self.profiles = profiles
        self.keptTopics = keptTopics
    }

    /// Forgets what was told: Home Assistant, or the broker, is there anew.
    ///
    /// What was to be taken back may not have come through, and is taken back again.
    mutating func forget() {
        keptTopics.formUnion(withdrawn)
        told.removeAll()
        stated.removeAll()
    }

    /// What is to be told of the devices in service, descriptions before values; to be asked for
    /// again once it was sent.
    ///
    /// A device is described once it has said something. An entity that has no value any more stays
    /// described, and expires.
    /// - Throws: what the encoder throws.
    mutating func messages(for devices: [DeviceView]) throws -> [Message] {
        let devices = settings.publishes ? devices : []
        var messages: [Message] = []
        withdrawn.removeAll()
        let inService = Set(devices.map { DeviceDescription.configTopic(of: $0.code, settings) })
        for topic in keptTopics.subtracting(inService).sorted() {
            messages.append(Message(topic: topic, payload: "", isRetained: true))
            keptTopics.remove(topic)
            withdrawn.insert(topic)
            told[topic] = nil
        }
        for device in devices where !device.readings.isEmpty {
            let topic = DeviceDescription.configTopic(of: device.code, settings)
            var description = DeviceDescription(
                device,
                profile: profiles[device.profile],
                settings
            )
            if let before = told[topic]?.components {
                description.components.merge(before) { fresh, _ in fresh }
            }
            guard !description.components.isEmpty else { continue }
            if description != told[topic] {
                messages.append(
                    Message(topic: topic, payload: try description.payload(), isRetained: true)
                )
                told[topic] = description
                keptTopics.insert(topic)
            }
            guard let heard = device.lastMessageAt, device.state == "up",
                stated[device.code] != heard
            else { continue }
            stated[device.code] = heard
            messages.append(
                Message(
                    topic: DeviceDescription.stateTopic(of: device.code, settings),
                    payload: try DeviceDescription.state(of: device),
                    isRetained: false
                )
            )
        }
        return messages
    }
}
