internal import Foundation
internal import Protobuf

/// What ChirpStack writes into a device's log, as far as it speaks of a downlink.
///
/// JSON leaves out members that have their first value, as protobuf does: without a level it is
/// `INFO`, without a code `UNKNOWN`.
/// - Source: ChirpStack v4, `integration/integration.proto`, LogEvent, LogLevel and LogCode;
///   `chirpstack/src/downlink/data.rs`, which names the item `queue_item_id` in the context.
struct ChirpStackLogEvent: Decodable {
    /// How serious it is.
    enum Level: String, Decodable {
        case info = "INFO"
        case warning = "WARNING"
        case error = "ERROR"
    }

    private(set) var level = Level.info
    private(set) var code = "UNKNOWN"
    private(set) var description = ""
    /// Identifier of the queue item that it is about; nil where it is about none.
    private(set) var queueItem: String?

    /// Reads an event in JSON or protobuf; nil for what is neither.
    init?(_ payload: [UInt8]) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(payload))
        } catch {
            guard let event = try? Self(protobuf: payload) else { return nil }
            self = event
        }
    }

    private enum Key: CodingKey {
        case level, code, description, context
    }

    private static let itemKey = "queue_item_id"

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        level = try container.decodeIfPresent(Level.self, forKey: .level) ?? .info
        code = try container.decodeIfPresent(String.self, forKey: .code) ?? code
        description = try container.decodeIfPresent(String.self, forKey: .description) ?? ""
        let context = try container.decodeIfPresent([String: String].self, forKey: .context)
        queueItem = context?[Self.itemKey]
    }

    /// Field 3 is the level, 4 the code, 5 the description, 6 the context, a map of two texts.
    private init(protobuf payload: [UInt8]) throws(ServerAnswer.Fault) {
        var reader = ProtobufReader<ServerAnswer.Fault>(payload)
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            switch (field, wire) {
            case (3, .variable):
                let levels: [UInt64: Level] = [0: .info, 1: .warning, 2: .error]
                level = levels[try reader.variable()] ?? .error
            case (4, .variable):
                let number = try reader.variable()
                code = Self.codes[number] ?? "code \(number)"
            case (5, .bytes): description = try reader.text()
            case (6, .bytes):
                var (key, value) = ("", "")
                try reader.nested { (entry) throws(ServerAnswer.Fault) in
                    while !entry.isAtEnd {
                        let (field, wire) = try entry.tag()
                        switch (field, wire) {
                        case (1, .bytes): key = try entry.text()
                        case (2, .bytes): value = try entry.text()
                        default: try entry.skip(wire)
                        }
                    }
                }
                if key == Self.itemKey { queueItem = value }
            default: try reader.skip(wire)
            }
        }
    }

    private static let codes: [UInt64: String] = [
        0: "UNKNOWN", 1: "DOWNLINK_PAYLOAD_SIZE", 2: "UPLINK_CODEC", 3: "DOWNLINK_CODEC",
        4: "OTAA", 5: "UPLINK_F_CNT_RESET", 6: "UPLINK_MIC", 7: "UPLINK_F_CNT_RETRANSMISSION",
        8: "DOWNLINK_GATEWAY", 9: "RELAY_NEW_END_DEVICE", 10: "F_CNT_DOWN", 11: "EXPIRED",
    ]
}
