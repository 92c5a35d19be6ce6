import Decoding
import Telemetry
import Testing

/// A decoder of one family with its usual topics, for tests.
struct FamilyDecoder {
    static let now = Instant(milliseconds: 1_768_367_553_000)

    var decoder: MessageDecoder

    init(
        _ family: Family,
        _ filters: [String],
        profile: String? = nil,
        directory: DeviceDirectory = DeviceDirectory()
    ) throws {
        decoder = MessageDecoder(
            rules: try filters.map { filter in
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter(filter)),
                    family: family,
                    profile: profile
                )
            },
            library: try ProfileExampleTests.library(),
            directory: directory
        )
    }

    mutating func callAsFunction(
        _ topic: String,
        _ text: String,
        flags: MessageFlags = [],
        at time: Instant = FamilyDecoder.now
    ) throws(DecodingError) -> DecodedMessage {
        try decoder.decode(
            topic: topic,
            payload: Array(text.utf8),
            receivedAt: time,
            flags: flags
        )
    }
}

extension DecodedMessage {
    /// Readings as `quantity[channel]=value`, for comparing at a glance.
    var summary: [String] {
        readings.map { reading in
            let channel = reading.channel.map { "[\($0)]" } ?? ""
            return "\(reading.quantity.id)\(channel)=\(reading.value)"
        }
    }
}
