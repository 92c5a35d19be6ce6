import Decoding
import Telemetry

/// What holds of every message and every refusal, whatever came in.
enum MessageChecks {
    static let now = ProfileExample.standardArrival

    /// Checks a message and those that came with it.
    static func check(_ message: DecodedMessage) {
        checkAlone(message)
        for companion in message.companions {
            checkAlone(companion)
            require(companion.companions.isEmpty, "a companion has companions")
        }
    }

    /// Checks a refusal: it says why, under a reason that is counted.
    static func check(_ refusal: DecodingError) {
        require(!refusal.reason.isEmpty, "a refusal without reason")
        require(!refusal.description.isEmpty, "a refusal without words")
    }

    private static func checkAlone(_ message: DecodedMessage) {
        let limits = DecodingLimits()
        // Derived quantities and what the envelope says come beside the limit.
        require(message.readings.count <= 2 * limits.readings, "too many readings")
        require(message.unreadMembers.count <= DecodingLimits.unreadMembers, "too many listed")
        require(message.unreadMemberCount >= 0, "fewer than no unread members")
        require(isPossible(message.time), "the message's time cannot be")
        for reading in message.readings { check(reading) }
        for note in message.notes { require(!note.words.isEmpty, "a note without words") }
        require(!message.goneDevices.contains(""), "a device without name is gone")
    }

    private static func check(_ reading: Reading) {
        require(reading.value.isFinite, "\(reading.quantity) is \(reading.value)")
        if reading.quality == .accepted {
            require(
                reading.quantity.range.contains(reading.value),
                "\(reading.quantity) is accepted at \(reading.value)"
            )
            require(reading.qualityReason == nil, "an accepted reading has a fault")
        } else {
            require(reading.qualityReason != nil, "nobody says what is wrong with a reading")
        }
        if let time = reading.time { require(isPossible(time), "a reading's time cannot be") }
    }

    private static func isPossible(_ time: Instant) -> Bool {
        let policy = ClockPolicy()
        return policy.allows(time, receivedAt: now)
    }
}
