internal import MQTT

/// Tells whether the broker still hands over what it kept while the gateway was away.
///
/// Until all of it is there every device seems silent; rules that judged then would call the crew
/// out for a power cut of the gateway. Asked about once a second, by one task.
struct Backlog {
    /// Slower than this, in messages a second, is life: 10 000 devices send some hundred a second,
    /// and a broker hands over thousands of what it kept.
    static let liveRate = 500.0
    /// What was kept comes at once: so soon after a connection nothing can be said of its rate.
    static let settling = Duration.seconds(2)
    /// Longest wait for a first connection; then the lost link itself is to be judged.
    static let connectionPatience = Duration.seconds(120)
    /// Longest wait for the end of what was kept: 10 minutes bring some ten million messages.
    static let patience = Duration.seconds(600)

    private let started: ContinuousClock.Instant
    private var connections: UInt64 = 0
    private var since: ContinuousClock.Instant
    private var isOver = false
    private var last: (time: ContinuousClock.Instant, messages: UInt64)

    /// Begins to watch.
    init(at now: ContinuousClock.Instant, messages: UInt64) {
        started = now
        since = now
        last = (now, messages)
    }

    /// Takes note of where things stand.
    ///
    /// - Parameters:
    ///   - connections: how many connections there were since the start.
    ///   - messages: how many messages are stored since the start.
    ///   - now: the time.
    /// - Returns: whether what was kept is still coming.
    mutating func isComing(
        connections: UInt64,
        messages: UInt64,
        at now: ContinuousClock.Instant
    ) -> Bool {
        let seconds = last.time.duration(to: now) / .seconds(1)
        let rate = seconds > 0 ? Double(messages - last.messages) / seconds : .infinity
        last = (now, messages)
        if connections != self.connections {
            self.connections = connections
            since = now
            isOver = false
            return true
        }
        guard !isOver else { return false }
        if connections == 0 {
            isOver = started.duration(to: now) >= Self.connectionPatience
        } else {
            let age = since.duration(to: now)
            isOver = age >= Self.patience || age >= Self.settling && rate < Self.liveRate
        }
        return !isOver
    }
}
