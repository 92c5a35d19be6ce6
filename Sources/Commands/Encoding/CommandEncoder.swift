public import Decoding
internal import Foundation
public import Telemetry

/// Puts what a profile says of a command into the topic and envelope of the device's family.
///
/// Pure: the same profile, route, token and time give the same bytes.
public struct CommandEncoder: Sendable {
    /// The way to the device.
    public let route: DeviceRoute
    /// What the network server repeats when it answers: a UUID.
    public let token: String
    /// The time, for families that write it.
    public let now: Instant
    /// From when on a network server is to drop what it has not sent; nil never.
    public let expiresAt: Instant?

    /// Creates an encoder for one command to one device.
    public init(route: DeviceRoute, token: String, now: Instant, expiresAt: Instant? = nil) {
        self.route = route
        self.token = token
        self.now = now
        self.expiresAt = expiresAt
    }

    /// The messages of a command.
    ///
    /// - Parameters:
    ///   - template: what the profile states.
    ///   - action: with the level.
    /// - Throws: ``CommandRefusal`` where the family does not carry such messages, or the topics
    ///   are not those of the family.
    /// - Returns: the messages in the order in which they are to be said.
    public func messages(
        _ template: CommandTemplate,
        for action: CommandAction
    ) throws(CommandRefusal) -> [OutgoingCommand] {
        var messages: [OutgoingCommand] = []
        for message in template.filled(percent: action.percent) {
            messages.append(try encoded(message))
        }
        return messages
    }

    private func encoded(_ message: CommandMessage) throws(CommandRefusal) -> OutgoingCommand {
        switch (route.family, message) {
        case (.chirpstack, .frame(let port, let isConfirmed, let bytes)):
            return try chirpStack(port, isConfirmed, bytes.compactMap(\.self))
        case (.theThingsStack, .frame(let port, let isConfirmed, let bytes)):
            return try theThingsStack(port, isConfirmed, bytes.compactMap(\.self))
        case (.tasmota, .text(let to, let text)): return written(text, on: try tasmotaTopic(to))
        case (.zigbee2MQTT, .text(let to, let text)): return written(text, on: try zigbeeTopic(to))
        case (.shelly, .text(let to, let text)):
            let prefix = try shellyPrefix()
            let source = text.replacing(CommandMessage.prefixMark, with: Self.escaped(prefix))
            return written(source, on: prefix + "/" + to)
        case (.sparkplug, .metric(let name, let type, let value, let isOfNode)):
            return try sparkplug(name, type, value, isOfNode: isOfNode)
        default:
            throw CommandRefusal(CommandNote(.otherFamily, route.family.rawValue))
        }
    }

    private func written(_ text: String, on topic: String) -> OutgoingCommand {
        OutgoingCommand(topic: topic, payload: Array(text.utf8), isAtMostOnce: false)
    }

    func foreignTopic(_ expected: String) -> CommandRefusal {
        CommandRefusal(CommandNote(.foreignTopic, route.topic, expected))
    }

    // MARK: Families that take texts

    /// `cmnd` in the place of `tele` or `stat`, the command in that of the last level.
    ///
    /// - Source: Tasmota documentation, "MQTT" and "Commands".
    private func tasmotaTopic(_ to: String) throws(CommandRefusal) -> String {
        var levels = route.levels
        guard let prefix = levels.dropLast().firstIndex(where: { $0 == "tele" || $0 == "stat" })
        else { throw foreignTopic("a level tele or stat") }
        levels[prefix] = "cmnd"
        levels[levels.count - 1] = to
        return levels.joined(separator: "/")
    }

    /// The device's own topic and `set` or `get`.
    ///
    /// - Source: Zigbee2MQTT documentation, "MQTT topics and messages".
    private func zigbeeTopic(_ to: String) throws(CommandRefusal) -> String {
        var levels = route.levels
        if levels.last == "availability" || !route.isObject { levels.removeLast() }
        guard levels.count > max(1, route.baseLevelCount) else {
            throw foreignTopic("a name behind the base")
        }
        return (levels + [to]).joined(separator: "/")
    }

    /// The device's prefix.
    ///
    /// - Source: Shelly Gen2+ API, "MQTT".
    private func shellyPrefix() throws(CommandRefusal) -> String {
        var levels = route.levels
        if levels.last == "online" {
            levels.removeLast()
        } else if levels.count > 2,
            ["events", "status", "langso"].contains(levels[levels.count - 2])
        {
            levels.removeLast(2)
        } else {
            throw foreignTopic("…/online, …/events/rpc or …/status/…")
        }
        guard levels.contains(where: { !$0.isEmpty }) else {
            throw foreignTopic("the device's prefix")
        }
        return levels.joined(separator: "/")
    }

    /// A text as it stands inside a JSON string.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
