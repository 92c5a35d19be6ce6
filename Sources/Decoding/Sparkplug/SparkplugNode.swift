internal import Telemetry

/// What is known of one edge node that lives, and of its devices, since its birth.
struct SparkplugNode {
    /// One metric as a birth defined it.
    struct Metric {
        /// Device that it belongs to; empty for the node itself.
        let device: String
        let name: [UInt8]
        let datatype: SparkplugDatatype?
        /// The property `engUnit`; empty for none.
        let unit: [UInt8]
        let alias: UInt64?

        /// About what it takes in memory.
        var bytes: Int { 128 + 2 * name.count + unit.count + device.utf8.count }
    }

    /// A number that was passed over, and until when it may still come.
    struct Missing: Equatable {
        let sequence: UInt8
        let deadline: Instant
    }

    /// How a message's number stands to those before it.
    enum Arrival {
        /// The next one, or one that was missing.
        case expected
        /// One that was there already.
        case repeated
    }

    /// Ties a death to its birth; nil when the birth had none.
    var birthSequence: UInt64?
    /// When the birth arrived; data that arrived before it is not of it.
    var bornAt = Instant(milliseconds: 0)
    /// The newest number of a message; nil when none had one.
    var last: UInt8?
    /// When the message with the newest number was written, by the node's clock; nil when it does
    /// not say.
    var lastWrittenAt: Instant?
    /// When it arrived.
    var lastArrivedAt = Instant(milliseconds: 0)
    var missing: [Missing] = []
    /// Devices that are born and not dead.
    private(set) var devices: Set<String> = []
    private(set) var aliases: [UInt64: Metric] = [:]
    /// Metrics by device and name, so that a device's birth or death costs what the device has.
    private(set) var metrics: [String: [[UInt8]: Metric]] = [:]
    /// Memory that devices and metrics take, about.
    private(set) var bytes = 0
    /// Whether it was asked for a new birth that did not come yet.
    var owesBirth = false

    /// Notes that a device is born.
    mutating func add(device: String) {
        if devices.insert(device).inserted { bytes += Self.bytes(ofDevice: device) }
    }

    /// Forgets a device with its metrics.
    mutating func remove(device: String) {
        guard devices.remove(device) != nil else { return }
        bytes -= Self.bytes(ofDevice: device)
        guard let removed = metrics.removeValue(forKey: device) else { return }
        for metric in removed.values {
            bytes -= metric.bytes
            if let alias = metric.alias { aliases[alias] = nil }
        }
    }

    /// Takes a metric of a birth.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for an alias that another metric of
    ///   the node or of its devices has (tck-id-payloads-alias-uniqueness).
    mutating func define(_ metric: Metric) throws(DecodingError) {
        let old = metrics[metric.device]?[metric.name]
        if let alias = metric.alias {
            if let other = aliases[alias],
                other.name != metric.name || other.device != metric.device
            {
                throw .badValue(field: "alias", problem: "\(alias) stands for two metrics")
            }
            aliases[alias] = metric
        }
        if let old {
            bytes -= old.bytes
            if let alias = old.alias, alias != metric.alias { aliases[alias] = nil }
        }
        metrics[metric.device, default: [:]][metric.name] = metric
        bytes += metric.bytes
    }

    /// Notes the number of a message that is no birth of the node.
    ///
    /// Up to half a turn ahead a number is the next or one after a gap. Beyond that, and a whole
    /// turn ahead, it is one of before, unless the message was written after the newest: then more
    /// than half a turn is lost, as with a broker that was away. Where the messages do not say when
    /// they were written, one that is more than half a turn ahead is of before while those that
    /// were passed over may come.
    ///
    /// - Parameters:
    ///   - sequence: 0 to 255; after 255 comes 0.
    ///   - writtenAt: when the message was written by the node's clock; nil when it does not say.
    ///   - arrivedAt: when it arrived.
    ///   - window: how long a number that was passed over may still come.
    /// - Returns: whether it is news.
    mutating func take(
        _ sequence: UInt8,
        writtenAt: Instant?,
        arrivedAt: Instant,
        window: Milliseconds
    ) -> Arrival {
        guard let last else {
            noteNewest(sequence, writtenAt, arrivedAt)
            return .expected
        }
        let ahead = sequence &- last
        if let place = missing.firstIndex(where: { $0.sequence == sequence }) {
            missing.remove(at: place)
            return .expected
        }
        if ahead == 0 || ahead > Self.halfTurn {
            if let writtenAt, let lastWrittenAt {
                guard writtenAt > lastWrittenAt else { return .repeated }
            } else {
                guard ahead > 0, arrivedAt > lastArrivedAt + window else { return .repeated }
            }
        }
        // Half a turn later a number is that of another message.
        if ahead == 0 || ahead > Self.halfTurn { missing.removeAll() }
        for step in 1..<(ahead == 0 ? Self.wholeTurn : Int(ahead)) {
            missing.append(
                Missing(sequence: last &+ UInt8(step), deadline: arrivedAt + window)
            )
        }
        noteNewest(sequence, writtenAt, arrivedAt)
        // Half a turn later the number is that of another message.
        missing.removeAll { sequence &- $0.sequence > Self.halfTurn }
        return .expected
    }

    /// Notes the newest message.
    mutating func noteNewest(_ sequence: UInt8?, _ writtenAt: Instant?, _ arrivedAt: Instant) {
        last = sequence
        lastWrittenAt = writtenAt
        lastArrivedAt = arrivedAt
    }

    /// Numbers that are as well ahead as behind.
    private static let halfTurn: UInt8 = 127
    /// Messages until a number comes again.
    private static let wholeTurn = 256

    private static func bytes(ofDevice name: String) -> Int { 64 + name.utf8.count }

    /// Whether something that was passed over did not come in its time.
    func isOverdue(at now: Instant) -> Bool { missing.contains { $0.deadline < now } }

    /// Whether something that was passed over may still come in its time.
    func isWaiting(at now: Instant) -> Bool { missing.contains { $0.deadline >= now } }
}
