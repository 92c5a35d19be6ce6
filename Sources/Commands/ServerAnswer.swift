public import Decoding
internal import Foundation
internal import Protobuf

/// What a LoRaWAN network server says of a downlink.
public struct ServerAnswer: Hashable, Sendable {
    /// What became of it.
    public enum Outcome: Hashable, Sendable {
        /// A gateway took it for sending.
        case passedOn
        /// The device acknowledged the frame.
        case acknowledged
        /// The device did not.
        case notAcknowledged
        /// It will not be sent, for this reason.
        case refused(String)
    }

    /// Which downlink: the token that the command was sent with.
    public let token: String
    /// What became of it.
    public let outcome: Outcome

    /// Longest reason of a server that is kept, in characters.
    static let longestReason = 300

    /// Reads an event; nil for one that says nothing of a downlink of ours.
    ///
    /// - Parameters:
    ///   - family: whose event it is.
    ///   - topic: its topic.
    ///   - payload: its payload, in JSON or protobuf.
    public init?(_ family: Family, topic: String, payload: [UInt8]) {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count > 2 else { return nil }
        let (before, last) = (levels[levels.count - 2], levels[levels.count - 1])
        switch family {
        case .chirpstack where before == "event":
            guard let answer = Self.chirpStack(String(last), payload) else { return nil }
            self = answer
        case .theThingsStack where before == "down":
            guard let answer = Self.theThingsStack(String(last), payload) else { return nil }
            self = answer
        default: return nil
        }
    }

    private init(token: String, outcome: Outcome) {
        self.token = token
        self.outcome = outcome
    }

    // MARK: ChirpStack

    private struct ChirpStackEvent: Decodable {
        var queueItemId: String?
        var acknowledged: Bool?
    }

    /// - Source: ChirpStack v4, `integration/integration.proto`, AckEvent, TxAckEvent and LogEvent.
    private static func chirpStack(_ event: String, _ payload: [UInt8]) -> ServerAnswer? {
        if event == "log" { return ChirpStackLogEvent(payload).flatMap(discarded) }
        guard event == "ack" || event == "txack" else { return nil }
        let decoded =
            (try? JSONDecoder().decode(ChirpStackEvent.self, from: Data(payload)))
            ?? (try? protobufEvent(payload))
        guard let decoded, let token = decoded.queueItemId, !token.isEmpty else { return nil }
        if event == "txack" { return ServerAnswer(token: token, outcome: .passedOn) }
        // A member that is false is left out.
        let isAcknowledged = decoded.acknowledged ?? false
        return ServerAnswer(
            token: token,
            outcome: isAcknowledged ? .acknowledged : .notAcknowledged
        )
    }

    /// The server names a queue item in its log when it has thrown it away.
    ///
    /// It does so for its size, its frame counter or its age. An error of a gateway names none,
    /// and is tried again.
    private static func discarded(_ event: ChirpStackLogEvent) -> ServerAnswer? {
        guard event.level != .info, let token = event.queueItem, !token.isEmpty else { return nil }
        let reason = "\(event.code): \(event.description)"
        return ServerAnswer(token: token, outcome: .refused(String(reason.prefix(longestReason))))
    }

    struct Fault: ProtobufFailure {
        static func malformedProtobuf(_ problem: String, offset: Int) -> Fault { Fault() }
    }

    /// Field 4 of both events is the queue item, field 5 of an acknowledgement its flag.
    private static func protobufEvent(_ payload: [UInt8]) throws(Fault) -> ChirpStackEvent {
        var reader = ProtobufReader<Fault>(payload)
        var event = ChirpStackEvent()
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            switch (field, wire) {
            case (4, .bytes): event.queueItemId = try reader.text()
            case (5, .variable): event.acknowledged = try reader.variable() != 0
            default: try reader.skip(wire)
            }
        }
        return event
    }

    // MARK: The Things Stack

    private struct TheThingsStackEvent: Decodable {
        struct Failure: Decodable {
            struct Details: Decodable { var message_format: String? }
            var error: Details?
        }

        var correlation_ids: [String]?
        var downlink_failed: Failure?
    }

    /// - Source: The Things Stack, `lorawan-stack/api/messages.proto`, ApplicationUp.
    private static func theThingsStack(_ event: String, _ payload: [UInt8]) -> ServerAnswer? {
        guard
            let decoded = try? JSONDecoder().decode(TheThingsStackEvent.self, from: Data(payload)),
            let mark = decoded.correlation_ids?.first(where: { $0.hasPrefix(correlationMark) })
        else { return nil }
        let token = String(mark.dropFirst(correlationMark.count))
        switch event {
        case "sent": return ServerAnswer(token: token, outcome: .passedOn)
        case "ack": return ServerAnswer(token: token, outcome: .acknowledged)
        case "nack": return ServerAnswer(token: token, outcome: .notAcknowledged)
        case "failed":
            let reason = decoded.downlink_failed?.error?.message_format ?? "no reason given"
            return ServerAnswer(
                token: token,
                outcome: .refused(String(reason.prefix(longestReason)))
            )
        default: return nil
        }
    }

    private static let correlationMark = CommandEncoder.correlation("")
}
