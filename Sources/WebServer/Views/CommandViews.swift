/// A command that is asked for, as `POST /api/langso/v1/commands` takes it.
public struct CommandRequest: Codable, Sendable {
    /// `switch_on`, `switch_off`, `dim` or `read`.
    public var action: String
    /// Share of full light in percent, of `dim`.
    public var level: Int?
    /// Code of the one device that is meant.
    public var device: String?
    /// Selector of the registry's labels, as `{feeder="F1"}`, in place of a device.
    public var match: String?
    /// Why.
    public var reason: String
    /// Whether to send nothing and only tell.
    public var dryRun: Bool?

    /// Creates a request.
    public init(action: String, reason: String) {
        self.action = action
        self.reason = reason
    }
}

/// A command with what became of it, as `GET /api/langso/v1/commands/ID` gives it.
public struct CommandView: Codable, Sendable {
    /// Its number; nil of one that was only tried.
    public var id: Int?
    /// `switch_on`, `switch_off`, `dim` or `read`.
    public var action: String
    /// Share of full light in percent, of `dim`.
    public var level: Int?
    /// Whom it was meant for: a selector of labels.
    public var target: String
    /// Who gave it.
    public var by: String
    /// Why.
    public var reason: String
    /// When it was accepted, RFC 3339.
    public var acceptedAt: String
    /// The devices that are told.
    public var orders: [CommandOrderView]
    /// Devices of the target that cannot be told this, by their codes, with the reason.
    public var omitted: [String: CommandNoteView]

    /// Creates the view.
    public init(
        id: Int?,
        action: String,
        level: Int?,
        target: String,
        by: String,
        reason: String,
        acceptedAt: String,
        orders: [CommandOrderView],
        omitted: [String: CommandNoteView]
    ) {
        self.id = id
        self.action = action
        self.level = level
        self.target = target
        self.by = by
        self.reason = reason
        self.acceptedAt = acceptedAt
        self.orders = orders
        self.omitted = omitted
    }
}

/// A command to one device.
public struct CommandOrderView: Codable, Sendable {
    /// A message that is said to the device.
    public struct Message: Codable, Sendable {
        /// Its topic.
        public var topic: String
        /// Its payload as text, or as hexadecimal digits where it is none.
        public var payload: String
        /// Quality of service, 0 or 1.
        public var qos: Int

        /// Creates a message.
        public init(topic: String, payload: String, qos: Int) {
            self.topic = topic
            self.payload = payload
            self.qos = qos
        }
    }

    /// Code of the device.
    public var device: String
    /// How far it has come: `accepted`, `sending`, `sent`, `acknowledged`, `not_acknowledged`,
    /// `confirmed`, `unconfirmed` or `failed`.
    public var state: String
    /// When it came so far, RFC 3339.
    public var changedAt: String
    /// What is to be said of the state.
    public var detail: CommandNoteView?
    /// Quantity whose readings show that it was done; nil where any reading does.
    public var confirms: String?
    /// How long after it was sent a report counts, in seconds.
    public var deadlineSeconds: Double
    /// What is said to the device.
    public var messages: [Message]

    /// Creates the view.
    public init(
        device: String,
        state: String,
        changedAt: String,
        detail: CommandNoteView?,
        confirms: String?,
        deadlineSeconds: Double,
        messages: [Message]
    ) {
        self.device = device
        self.state = state
        self.changedAt = changedAt
        self.detail = detail
        self.confirms = confirms
        self.deadlineSeconds = deadlineSeconds
        self.messages = messages
    }
}

/// Commands, as `GET /api/langso/v1/commands` gives them.
public struct CommandsView: Codable, Sendable {
    /// The commands, the newest first.
    public var commands: [CommandView]
    /// Commands that operators were refused, the newest first.
    public var refused: [RefusedCommandView]

    /// Creates the view.
    public init(commands: [CommandView], refused: [RefusedCommandView] = []) {
        self.commands = commands
        self.refused = refused
    }
}
