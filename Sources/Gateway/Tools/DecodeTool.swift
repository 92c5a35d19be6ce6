public import Decoding
internal import DeviceProfiles
internal import Foundation
public import Telemetry

/// One message as `langso decode` shows it.
public struct DecodeReport: Codable, Sendable {
    /// One reading in the unit of its quantity.
    public struct ReadingReport: Codable, Sendable {
        /// Name of the quantity, as `bin.fill`.
        public var quantity: String
        /// Metric that it is stored as.
        public var metric: String
        /// Which of several sensors; absent when there is one.
        public var channel: String?
        /// Value in the unit.
        public var value: Double
        /// UCUM unit.
        public var unit: String
        /// Own time of measurement, RFC 3339; absent when that of the message holds.
        public var time: String?
        /// `accepted` or what else the profile found.
        public var quality: String
        /// Why the quality is below accepted.
        public var reason: String?
    }

    /// The device as its family names it.
    public var device: String
    /// Profile that read it.
    public var profile: String
    /// Sort of message.
    public var kind: String
    /// Time of measurement, RFC 3339.
    public var time: String
    /// Whose clock it is from.
    public var timeOrigin: String
    /// The readings.
    public var readings: [ReadingReport]
    /// What was odd.
    public var notes: [String]
    /// How many members no field reads.
    public var unreadMembers: Int
    /// The first of them as they stood in the message.
    public var unread: [UnreadMember]
    /// What the same message says of other devices; absent when it speaks of one.
    public var others: [DecodeReport]?
}

/// Decodes one message outside a gateway.
public enum DecodeTool {
    /// Decodes a message by the subscriptions of a settings file, or those of network servers.
    ///
    /// - Parameters:
    ///   - topic: where it was published.
    ///   - payload: its bytes.
    ///   - profile: reads it whatever device it is; nil goes by the settings.
    ///   - family: family of the topic where no settings are given, as `plain_json`.
    ///   - settings: subscriptions and own profiles.
    ///   - now: the time of arrival.
    /// - Throws: `DecodingError` or ``GatewayError``; each says what to do.
    /// - Returns: who said what.
    public static func decode(
        topic: String,
        payload: [UInt8],
        profile: String?,
        family: String?,
        settings: GatewaySettings?,
        now: Instant
    ) throws -> DecodeReport {
        let library = try ProfileLibrary.shipped(overlaidWith: settings?.profilesFolder)
        if let profile, library[profile] == nil {
            let names = library.profiles.map(\.id).joined(separator: ", ")
            throw GatewayError.usage("there is no profile '\(profile)'; known are: \(names)")
        }
        var decoder = MessageDecoder(
            rules: try rules(topic, family, settings, profile),
            library: library,
            directory: DeviceDirectory(),
            settings: DecoderSettings(listsUnreadMembers: true)
        )
        return DecodeReport(
            try decoder.decode(topic: topic, payload: payload, receivedAt: now)
        )
    }

    private static func rules(
        _ topic: String,
        _ family: String?,
        _ settings: GatewaySettings?,
        _ profile: String?
    ) throws -> [SubscriptionRule] {
        var rules = settings?.subscriptions ?? SubscriptionRule.wellKnown
        if let family {
            guard let known = Family(rawValue: family) else {
                let names = Family.allCases.map(\.rawValue).joined(separator: ", ")
                throw GatewayError.usage("there is no family '\(family)'; known are: \(names)")
            }
            guard let filter = TopicFilter(topic) else {
                throw GatewayError.usage("'\(topic)' is no topic")
            }
            rules.insert(SubscriptionRule(topicFilter: filter, family: known), at: 0)
        }
        guard let profile else { return rules }
        return rules.map { rule in
            var rule = rule
            rule.profile = profile
            return rule
        }
    }
}

extension DecodeReport {
    init(_ message: DecodedMessage) {
        self.init(
            device: message.deviceAddress,
            profile: message.profileID,
            kind: message.kind.rawValue,
            time: message.time.rfc3339,
            timeOrigin: message.timeOrigin.rawValue,
            readings: message.readings.map { reading in
                ReadingReport(
                    quantity: reading.quantity.id,
                    metric: reading.quantity.metricName,
                    channel: reading.channel,
                    value: reading.value,
                    unit: reading.quantity.unit,
                    time: reading.time?.rfc3339,
                    quality: "\(reading.quality)",
                    reason: reading.qualityReason?.rawValue
                )
            },
            notes: message.notes.map(\.words),
            unreadMembers: message.unreadMemberCount,
            unread: message.unreadMembers,
            others: message.companions.isEmpty ? nil : message.companions.map { DecodeReport($0) }
        )
    }

    /// The message as lines for people.
    public var lines: [String] {
        let head = "\(device)  \(profile)  \(kind)  \(time) (\(timeOrigin))"
        let body = readings.map { reading in
            let channel = reading.channel.map { "[\($0)]" } ?? ""
            let quality = reading.reason.map { "  \(reading.quality): \($0)" } ?? ""
            let time = reading.time.map { "  at \($0)" } ?? ""
            let value = PlainNumber.of(reading.value)
            return "  \(reading.quantity)\(channel) = \(value) \(reading.unit)\(quality)\(time)"
        }
        let odd = notes.isEmpty ? [] : ["  notes: \(notes.joined(separator: ", "))"]
        let more = unreadMembers - self.unread.count
        let unread =
            self.unread.map { "  unread: \($0.name) = \($0.value)" }
            + (more > 0 ? ["  unread: \(more) more"] : [])
        return [head] + body + odd + unread + (others ?? []).flatMap(\.lines)
    }
}
