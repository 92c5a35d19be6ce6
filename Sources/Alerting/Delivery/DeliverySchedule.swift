public import Telemetry

/// Which notification goes to which receiver when: a pure schedule without clock and network.
///
/// * Each receiver has a queue of its own: a dead one delays no other.
/// * The order of a queue is kept, one notification at a time: "resolved" never overtakes "firing".
/// * A failed delivery is tried again after growing, jittered pauses until it is too old; one that
///   the receiver refuses for good is given up at once.
/// * A notification that waits or was delivered already is not taken a second time.
///
/// The schedule is `Codable`. Stored when it changes, it outlives a killed process: what was under
/// way then is delivered again, because nobody knows whether it arrived.
public struct DeliverySchedule: Codable, Hashable, Sendable {
    /// How deliveries are repeated.
    public let settings: DeliverySettings
    private var queues: [String: DeliveryQueue]
    private var jitterState: UInt64

    /// Creates an empty schedule.
    ///
    /// - Parameters:
    ///   - receivers: their names; notifications to others are refused.
    ///   - settings: pauses and lengths.
    ///   - seed: start of the jitter.
    public init(
        receivers: [String],
        settings: DeliverySettings = DeliverySettings(),
        seed: UInt64 = 0
    ) {
        self.settings = settings
        queues = Dictionary(
            receivers.map { ($0, DeliveryQueue()) },
            uniquingKeysWith: { first, _ in first }
        )
        jitterState = seed
    }

    /// What became of a notification that was to be taken.
    public enum Admission: Hashable, Sendable {
        /// It waits.
        case queued
        /// It waits, and the oldest one had to give way.
        case queuedInPlaceOf(Notification)
        /// It waits or was delivered already.
        case repeated
        /// The schedule has no such receiver.
        case unknownReceiver
    }

    /// Takes a notification for its receiver.
    public mutating func enqueue(_ notification: Notification, at time: Instant) -> Admission {
        guard var queue = queues[notification.receiver] else { return .unknownReceiver }
        defer { queues[notification.receiver] = queue }
        return queue.add(notification, at: time, settings)
    }

    /// Starts the deliveries that are due: at most one for each receiver, in rising order of names.
    ///
    /// Each must be answered by ``succeeded(_:)`` or ``failed(_:at:reason:isPermanent:)`` before
    /// the next of its receiver starts.
    public mutating func start(at time: Instant) -> [Delivery] {
        var started: [Delivery] = []
        for name in queues.keys.sorted() {
            if let delivery = queues[name]?.start(at: time, settings) { started.append(delivery) }
        }
        return started
    }

    /// Notes that a delivery arrived.
    public mutating func succeeded(_ delivery: Delivery) {
        queues[delivery.notification.receiver]?.succeed(delivery, settings)
    }

    /// Notes that a delivery failed.
    ///
    /// - Parameters:
    ///   - delivery: what was started.
    ///   - time: when it failed.
    ///   - reason: for people; kept as the receiver's last error.
    ///   - isPermanent: whether trying again is of no use, as with HTTP 400.
    public mutating func failed(
        _ delivery: Delivery,
        at time: Instant,
        reason: String,
        isPermanent: Bool = false
    ) {
        let chance = nextChance()
        queues[delivery.notification.receiver]?
            .fail(delivery, at: time, reason, isPermanent, chance, settings)
    }

    /// When the next delivery is due; nil when nothing waits or all that waits is under way.
    public var nextDue: Instant? { queues.values.compactMap(\.nextDue).min() }

    /// How each receiver fares.
    public var states: [String: DeliveryState] { queues.mapValues(\.state) }

    /// Forgets what was under way: call it after reading a stored schedule.
    public mutating func interrupt() {
        for name in queues.keys { queues[name]?.interrupt() }
    }

    /// Brings the receivers in line with the configuration; queues of those that left are given up.
    public mutating func setReceivers(_ receivers: [String]) {
        queues = queues.filter { receivers.contains($0.key) }
        for name in receivers where queues[name] == nil { queues[name] = DeliveryQueue() }
    }

    /// The next number in 0..<1 of a sequence that a seed decides.
    ///
    /// - Source: S. Vigna, SplitMix64, public domain reference implementation, 2015.
    private mutating func nextChance() -> Double {
        jitterState &+= 0x9E37_79B9_7F4A_7C15
        var mixed = jitterState
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return Double(mixed >> 11) * 0x1p-53
    }
}

/// One attempt to deliver a notification.
public struct Delivery: Hashable, Sendable {
    /// What is delivered, and to whom.
    public let notification: Notification
    /// Which attempt it is, from 1.
    public let attempt: Int
}

/// How a receiver fares.
public struct DeliveryState: Codable, Hashable, Sendable {
    /// How many notifications wait, those under way among them.
    public internal(set) var waitingCount = 0
    /// How many arrived.
    public internal(set) var deliveredCount = 0
    /// How many attempts failed.
    public internal(set) var failedAttemptCount = 0
    /// How many notifications were given up: refused, too old, or crowded out.
    public internal(set) var abandonedCount = 0
    /// Why the last attempt failed; nil after one that arrived.
    public internal(set) var lastError: String?
}
