internal import Telemetry

/// Messages on their way, before they are put in order.
struct Outbox: Sendable {
    struct Emission: Sendable {
        let message: TimedMessage
        /// Place of the sender among all devices; orders messages of the same millisecond.
        let sender: Int
        /// Running number; one sender's messages keep the order in which it made them.
        let number: Int
    }

    private var count = 0
    private(set) var emissions: [Emission] = []

    mutating func send(_ topic: String, _ payload: [UInt8], at time: Instant, sender: Int) {
        emissions.append(
            Emission(
                message: TimedMessage(time: time, topic: topic, payload: payload),
                sender: sender,
                number: count
            )
        )
        count += 1
    }

    /// Takes out what was sent by an instant, in the order of sending; what is later stays.
    mutating func take(until end: Instant) -> [TimedMessage] {
        emissions.sort { left, right in
            (left.message.time, left.sender, left.number)
                < (right.message.time, right.sender, right.number)
        }
        let count = emissions.firstIndex { $0.message.time > end } ?? emissions.count
        let taken = emissions[..<count].map(\.message)
        emissions.removeFirst(count)
        return taken
    }
}
