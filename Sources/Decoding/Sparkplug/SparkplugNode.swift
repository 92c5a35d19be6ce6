internal import Telemetry

/// What is known of one edge node and its devices since its birth.
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

    struct Name: Hashable {
        let device: String
        let name: [UInt8]
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

    /// Whether a birth was seen and no death after it.
    var isAlive = false
    /// Ties a death to its birth; nil when the birth had none.
    var birthSequence: UInt64?
    /// When the birth arrived; data that arrived before it is not of it.
    var bornAt = Instant(milliseconds: 0)
    /// The newest number of a message; nil when none had one.
    var last: UInt8?
    var missing: [Missing] = []
    /// Devices that are born and not dead.
    var devices: Set<String> = []
    private(set) var aliases: [UInt64: Metric] = [:]
    private(set) var names: [Name: Metric] = [:]
    /// Memory that the metrics take, about.
    private(set) var bytes = 0
    /// When it was last asked for a new birth.
    var askedAt: Instant?

    /// Forgets all metrics and numbers: a birth follows, or the node is gone.
    mutating func reset() {
        isAlive = false
        birthSequence = nil
        last = nil
        missing.removeAll()
        devices.removeAll()
        aliases.removeAll()
        names.removeAll()
        bytes = 0
    }

    /// Forgets the metrics of a device.
    mutating func remove(device: String) {
        guard devices.remove(device) != nil else { return }
        for (name, metric) in names where name.device == device {
            names[name] = nil
            bytes -= metric.bytes
        }
        aliases = aliases.filter { $0.value.device != device }
    }

    /// Takes a metric of a birth.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for an alias that another metric of
    ///   the node or of its devices has (tck-id-payloads-alias-uniqueness).
    mutating func define(_ metric: Metric) throws(DecodingError) {
        let key = Name(device: metric.device, name: metric.name)
        if let alias = metric.alias {
            if let other = aliases[alias],
                other.name != metric.name || other.device != metric.device
            {
                throw .badValue(field: "alias", problem: "\(alias) stands for two metrics")
            }
            aliases[alias] = metric
        }
        if let old = names.updateValue(metric, forKey: key) { bytes -= old.bytes }
        bytes += metric.bytes
    }

    /// Notes the number of a message that is no birth of the node.
    ///
    /// - Parameters:
    ///   - sequence: 0 to 255; after 255 comes 0.
    ///   - deadline: until when a number that was passed over may come.
    /// - Returns: whether it is news.
    mutating func take(_ sequence: UInt8, deadline: Instant) -> Arrival {
        guard let last else {
            self.last = sequence
            return .expected
        }
        let ahead = sequence &- last
        switch ahead {
        case 1...127:
            for step in 1..<ahead {
                missing.append(Missing(sequence: last &+ step, deadline: deadline))
            }
            self.last = sequence
            // Half a turn later the number is that of another message.
            missing.removeAll { sequence &- $0.sequence > 127 }
            return .expected
        default:
            guard let place = missing.firstIndex(where: { $0.sequence == sequence }) else {
                return .repeated
            }
            missing.remove(at: place)
            return .expected
        }
    }

    /// Whether something that was passed over did not come in its time, and nobody asked since.
    func isOverdue(at now: Instant) -> Bool {
        missing.contains { missing in
            missing.deadline < now && (askedAt.map { $0 <= missing.deadline } ?? true)
        }
    }

    /// Whether something that was passed over may still come in its time.
    func isWaiting(at now: Instant) -> Bool { missing.contains { $0.deadline >= now } }
}
