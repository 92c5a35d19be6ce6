public import Telemetry

/// A command that was accepted: who asked for what, of whom, when and why.
public struct Command: Hashable, Sendable, Codable {
    /// A device that the command was not given to.
    public struct Omission: Hashable, Sendable, Codable {
        /// Its code.
        public let device: String
        /// Why not.
        public let reason: CommandNote

        /// Creates an omission.
        public init(device: String, reason: CommandNote) {
            self.device = device
            self.reason = reason
        }
    }

    /// Its number: one more than that of the command before it.
    public let id: Int
    /// What is asked.
    public let action: CommandAction
    /// Whom it was meant for, as it was asked: a selector of the registry's labels.
    public let target: String
    /// Who asked.
    public let operatorName: String
    /// Why.
    public let reason: String
    /// When it was accepted.
    public let acceptedAt: Instant
    /// The devices that are told, each with how far that has come.
    public internal(set) var orders: [CommandOrder]
    /// Devices of the target that cannot be told this.
    public let omitted: [Omission]

    /// Creates a command.
    public init(
        id: Int,
        action: CommandAction,
        target: String,
        operatorName: String,
        reason: String,
        acceptedAt: Instant,
        orders: [CommandOrder],
        omitted: [Omission]
    ) {
        self.id = id
        self.action = action
        self.target = target
        self.operatorName = operatorName
        self.reason = reason
        self.acceptedAt = acceptedAt
        self.orders = orders
        self.omitted = omitted
    }

    /// Whether something of it is still to come.
    public var isOpen: Bool { orders.contains { !$0.state.isFinal } }
}

/// A command to one device.
public struct CommandOrder: Hashable, Sendable, Codable {
    /// Code of the device.
    public let device: String
    /// How messages name it.
    public let address: String
    /// Whether it goes by LoRaWAN, and so after the one before it.
    public let isRadio: Bool
    /// What the network server repeats when it answers.
    public let token: String
    /// What is said.
    public let messages: [OutgoingCommand]
    /// Name of the quantity whose readings must be what was asked; nil takes any reading.
    public let confirms: String?
    /// How long after it was sent the device's report may come, in milliseconds.
    public let deadlineMilliseconds: Int64
    /// How far it has come.
    public internal(set) var state: CommandState
    /// When it came so far.
    public internal(set) var changedAt: Instant
    /// When it was given to the broker; nil before.
    public internal(set) var sendingAt: Instant?
    /// What is to be said of the state.
    public internal(set) var detail: CommandNote?

    /// Creates an order that was accepted.
    public init(
        device: String,
        address: String,
        isRadio: Bool,
        token: String,
        messages: [OutgoingCommand],
        confirms: String?,
        deadline: Milliseconds,
        acceptedAt: Instant
    ) {
        self.device = device
        self.address = address
        self.isRadio = isRadio
        self.token = token
        self.messages = messages
        self.confirms = confirms
        deadlineMilliseconds = deadline.count
        state = .accepted
        changedAt = acceptedAt
    }

    /// Until when a report counts; nil before it was sent.
    var deadline: Instant? { sendingAt.map { $0 + Milliseconds(deadlineMilliseconds) } }
}
