/// What an unknown device may be, how sure that is, and why.
public struct DeviceGuess: Hashable, Sendable {
    /// The profile that reads it.
    public let profile: String
    /// The family of its envelopes.
    public let family: Family
    /// How radio payloads are written in the envelope.
    public let payloadEncoding: SubscriptionRule.PayloadEncoding
    /// How sure, 0 to 1.
    ///
    /// The share of all evidence that speaks for it, against every other profile and against none
    /// of them. Two that fit alike have a half at most.
    public let score: Double
    /// How well the topic fits the family, 0 to 1; 1 where the settings name the family.
    public let topicScore: Double
    /// How much of the messages the profile accounts for, 0 to 1.
    public let shapeScore: Double
    /// How well its readings behave as such quantities do, 0 to 1; nil where too few frames are
    /// there to tell.
    public let physicsScore: Double?
    /// Why, the strongest first.
    public let reasons: [GuessReason]
    /// The newest frame, read by the profile.
    public let preview: DecodedMessage
    /// Frames that the profile reads, of those tried.
    public let readFrames: Int
    /// Frames with measurements that were tried.
    public let triedFrames: Int
}

/// Why a guess is made; a code with its value, so that each page says it in its language.
public struct GuessReason: Hashable, Sendable {
    /// What speaks for a guess, or against it.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The settings say that the topic carries the family.
        case familyOfSubscription = "family_of_subscription"
        /// Topic or content look like the family; value: the score in percent.
        case familyDetected = "family_detected"
        /// The message names the model.
        case namesModel = "names_model"
        /// The port is one that the profile's device sends on; value: the port.
        case port
        /// The payload has the length that the profile says; value: bytes.
        case length
        /// Fixed bytes or members are as the profile says; value: how many conditions.
        case conditions
        /// Channels of the payload that the profile knows; value: how many.
        case channels
        /// Members or records of the message that the profile reads; value: how many.
        case members
        /// All bytes or members are accounted for.
        case complete
        /// Frames that the profile cannot read; value: how many.
        case unreadFrames = "unread_frames"
        /// Readings outside what can be; value: how many.
        case impossible
        /// The quantity changes as slowly as such quantities do; value: steps looked at.
        case slowChange = "slow_change"
        /// The quantity jumps as no such quantity does; value: steps looked at.
        case jumps
        /// The total only rises; value: steps looked at.
        case rises
        /// The total falls; value: steps looked at.
        case falls
        /// The temperature is near that of the day; value: degrees between.
        case nearDay = "near_day"
        /// The temperature is far from that of the day; value: degrees between.
        case farFromDay = "far_from_day"
    }

    /// What it is.
    public let code: Code
    /// The quantity that it is about, as `bin.distance`; nil for the whole message.
    public let quantity: String?
    /// What the code says; 0 where it says nothing.
    public let value: Double

    init(_ code: Code, quantity: String? = nil, value: Double = 0) {
        self.code = code
        self.quantity = quantity
        self.value = value
    }

    /// The reason as words.
    public var words: String {
        // A value that is no whole number, as of an infinite distance, is shown as it is.
        let rounded = value.rounded()
        let count = Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
        let what = quantity ?? ""
        return switch code {
        case .familyOfSubscription: "the settings say that the topic carries this family"
        case .familyDetected: "topic and content look like this family, \(count) %"
        case .namesModel: "the message names the model"
        case .port: "port \(count) is one of this device"
        case .length: "the length of \(count) bytes is that of this device"
        case .conditions: "\(count) fixed values are as this device sends them"
        case .channels: "\(count) channels are those of this device"
        case .members: "\(count) members are those of this device"
        case .complete: "nothing in the message is left unread"
        case .unreadFrames: "\(count) frames cannot be read so"
        case .impossible: "\(count) readings are outside what can be"
        case .slowChange: "\(what) changes slowly (\(count) steps)"
        case .jumps: "\(what) jumps (\(count) steps)"
        case .rises: "\(what) only rises (\(count) steps)"
        case .falls: "\(what) falls (\(count) steps)"
        case .nearDay: "\(what) is \(count) K from that of the day"
        case .farFromDay: "\(what) is \(count) K from that of the day, which is far"
        }
    }
}
