/// Devices that send and are not registered, as `GET /api/langso/v1/inbox` gives them.
public struct InboxView: Codable, Sendable {
    /// The devices, the one that spoke last first; at most as many as were asked for.
    public var devices: [UnknownDeviceView]
    /// Devices that are left out.
    public var omitted: Int
    /// Messages that are left out because their bytes are damaged in the journal.
    public var damaged: Int
    /// What is wrong with the first of them, one sentence each.
    public var faults: [String]
    /// Whether devices can be adopted over HTTP.
    public var canAdopt: Bool
    /// Where a device can be attached.
    public var places: InboxPlaces
    /// The profiles that may be chosen, sorted by name.
    public var profiles: [InboxProfile]

    /// Creates the view.
    public init(
        devices: [UnknownDeviceView],
        omitted: Int,
        damaged: Int = 0,
        faults: [String] = [],
        canAdopt: Bool,
        places: InboxPlaces,
        profiles: [InboxProfile]
    ) {
        self.devices = devices
        self.omitted = omitted
        self.damaged = damaged
        self.faults = faults
        self.canAdopt = canAdopt
        self.places = places
        self.profiles = profiles
    }
}

/// One unknown device.
public struct UnknownDeviceView: Codable, Sendable {
    /// Its name in the inbox, as `chirpstack:0102030405060708`.
    public var id: String
    /// Family of its envelopes; nil where no family names it.
    public var family: String?
    /// Its address, else its topic.
    public var address: String
    /// Topic of its newest message.
    public var topic: String
    /// Messages that wait to be decoded.
    public var messages: Int
    /// When the first of them arrived, RFC 3339.
    public var firstAt: String
    /// When the newest arrived, RFC 3339.
    public var lastAt: String
    /// Why they could not be decoded, with how many each.
    public var reasons: [String: Int]
    /// The last frames, the newest first.
    public var frames: [FrameView]
    /// What it may be, the surest first; three at most.
    public var guesses: [GuessView]

    /// Creates the view.
    public init(
        id: String,
        family: String?,
        address: String,
        topic: String,
        messages: Int,
        firstAt: String,
        lastAt: String,
        reasons: [String: Int],
        frames: [FrameView],
        guesses: [GuessView]
    ) {
        self.id = id
        self.family = family
        self.address = address
        self.topic = topic
        self.messages = messages
        self.firstAt = firstAt
        self.lastAt = lastAt
        self.reasons = reasons
        self.frames = frames
        self.guesses = guesses
    }
}

/// One frame as it came.
public struct FrameView: Codable, Sendable {
    /// Position in the journal.
    public var position: UInt64
    /// When it arrived, RFC 3339.
    public var receivedAt: String
    /// Its topic.
    public var topic: String
    /// The first bytes of its payload as text, or as hex when it is none.
    public var payload: String

    /// Creates the view.
    public init(position: UInt64, receivedAt: String, topic: String, payload: String) {
        self.position = position
        self.receivedAt = receivedAt
        self.topic = topic
        self.payload = payload
    }
}

/// What an unknown device may be.
public struct GuessView: Codable, Sendable {
    /// Identifier of the profile.
    public var profile: String
    /// Maker and model.
    public var model: String
    /// What it is, a few words.
    public var title: String
    /// Kind of service that the registry would have it under.
    public var kind: String
    /// Family of its envelopes.
    public var family: String
    /// How sure, 0 to 1.
    public var score: Double
    /// How well the topic fits, 0 to 1.
    public var topicScore: Double
    /// How much of the messages is accounted for, 0 to 1.
    public var shapeScore: Double
    /// How well the readings behave, 0 to 1; nil where too few frames tell.
    public var physicsScore: Double?
    /// Why, each with its code.
    public var reasons: [GuessReasonView]
    /// The newest frame, decoded.
    public var readings: [GuessReadingView]
    /// Frames that it reads, of those tried.
    public var readFrames: Int
    /// Frames that were tried.
    public var triedFrames: Int

    /// Creates the view.
    public init(
        profile: String,
        model: String,
        title: String,
        kind: String,
        family: String,
        score: Double,
        topicScore: Double,
        shapeScore: Double,
        physicsScore: Double?,
        reasons: [GuessReasonView],
        readings: [GuessReadingView],
        readFrames: Int,
        triedFrames: Int
    ) {
        self.profile = profile
        self.model = model
        self.title = title
        self.kind = kind
        self.family = family
        self.score = score
        self.topicScore = topicScore
        self.shapeScore = shapeScore
        self.physicsScore = physicsScore
        self.reasons = reasons
        self.readings = readings
        self.readFrames = readFrames
        self.triedFrames = triedFrames
    }
}

/// Why a guess is made: a code with its value, and English words.
public struct GuessReasonView: Codable, Sendable {
    /// Stable code, as `slow_change`.
    public var code: String
    /// The quantity that it is about, or nil.
    public var quantity: String?
    /// What the code says.
    public var value: Double
    /// The reason in English.
    public var words: String

    /// Creates the view.
    public init(code: String, quantity: String?, value: Double, words: String) {
        self.code = code
        self.quantity = quantity
        self.value = value
        self.words = words
    }
}

/// A reading of a frame that is decoded by a guess.
public struct GuessReadingView: Codable, Sendable {
    /// Name of the quantity, as `bin.distance`.
    public var quantity: String
    /// Which of several sensors, or nil.
    public var channel: String?
    /// Value in the unit.
    public var value: Double
    /// UCUM code of the unit.
    public var unit: String
    /// Why the reading is not believed, or nil.
    public var reason: String?

    /// Creates the view.
    public init(quantity: String, channel: String?, value: Double, unit: String, reason: String?) {
        self.quantity = quantity
        self.channel = channel
        self.value = value
        self.unit = unit
        self.reason = reason
    }
}

/// Codes and names of what a device can be attached to, sorted by name.
public struct InboxPlaces: Codable, Sendable {
    /// A code with the name that people know.
    public struct Place: Codable, Sendable {
        /// The code in the registry.
        public var code: String
        /// The name.
        public var name: String

        /// Creates a place.
        public init(code: String, name: String) {
            self.code = code
            self.name = name
        }
    }

    /// The villages.
    public var villages: [Place]
    /// The sites.
    public var sites: [Place]
    /// Devices of the registry that have no address yet: a sensor can become one of these.
    public var waiting: [Place]

    /// Creates the lists.
    public init(villages: [Place], sites: [Place], waiting: [Place]) {
        self.villages = villages
        self.sites = sites
        self.waiting = waiting
    }
}

/// A device profile that may be chosen, with the sizes that it asks for.
public struct InboxProfile: Codable, Sendable {
    /// A size of the thing that the device sits on.
    public struct Parameter: Codable, Sendable {
        /// Name, as `bin_depth`.
        public var id: String
        /// Value of a device that has none of its own.
        public var standard: Double
        /// Least value that can be true.
        public var least: Double
        /// Greatest value that can be true.
        public var most: Double
        /// UCUM code of the unit.
        public var unit: String
        /// What it is in English, one sentence.
        public var help: String

        /// Creates a parameter.
        public init(
            id: String,
            standard: Double,
            least: Double,
            most: Double,
            unit: String,
            help: String
        ) {
            self.id = id
            self.standard = standard
            self.least = least
            self.most = most
            self.unit = unit
            self.help = help
        }
    }

    /// Identifier of the profile.
    public var id: String
    /// Maker and model.
    public var model: String
    /// The sizes; empty for most profiles.
    public var parameters: [Parameter]

    /// Creates a profile.
    public init(id: String, model: String, parameters: [Parameter]) {
        self.id = id
        self.model = model
        self.parameters = parameters
    }
}
