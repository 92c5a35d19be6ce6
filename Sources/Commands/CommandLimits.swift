public import Telemetry

/// What commands are held to, each limit with its name; an operator sets those that are variables.
public struct CommandLimits: Hashable, Sendable {
    /// Most devices of one command, 1 to ``largestCommand``.
    public var devices: Int
    /// Most commands that are accepted in a minute, 1 to ``fastestRate``.
    public var commandsPerMinute: Int
    /// Least time from one LoRaWAN downlink to the next, so that a group does not fill the radio's
    /// share of air time, nor the gateways' transmitters.
    public var radioSpacing: Milliseconds

    /// Most devices of any command.
    public static let largestCommand = 10_000
    /// Most commands in a minute that may be set.
    public static let fastestRate = 600
    /// Most devices that are waited for at once, all commands together.
    public static let openOrders = 20_000
    /// Newest commands that are remembered and listed; all are in the log.
    public static let rememberedCommands = 1_000
    /// Newest refused commands that are remembered and listed; all are in the log.
    public static let rememberedAttempts = 1_000
    /// Most refused commands that go on record in a minute; beyond it they are counted alone.
    public static let attemptsPerMinute = 60
    /// How long a command may wait to be sent: a lamp that is switched much later than somebody
    /// wished is worse than one that is not.
    public static let sendsWithin = Milliseconds.minutes(10)
    /// Longest reason, and longest target, in bytes.
    public static let textBytes = 1_000
    /// Longest wait for a report of a device on a network of its own, as Tasmota.
    public static let directDeadline = Milliseconds.minutes(1)
    /// Shortest wait for a report that comes by LoRaWAN.
    public static let radioDeadline = Milliseconds.minutes(10)

    /// Creates limits.
    public init(
        devices: Int = 200,
        commandsPerMinute: Int = 10,
        radioSpacing: Milliseconds = .seconds(2)
    ) {
        self.devices = devices
        self.commandsPerMinute = commandsPerMinute
        self.radioSpacing = radioSpacing
    }
}
