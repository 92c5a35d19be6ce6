internal import Telemetry

/// Finds devices whose clock is wrong, from when their messages were measured and when they came.
///
/// - Source: `domain/alarms-and-kpis.md`, G9: the median of (arrival − measured time) over 20
///   messages is more than 5 minutes, or the time lies more than 2 minutes in the future.
struct ClockCheck: Sendable {
    static let messageCount = 20
    static let longestDelay = Milliseconds.minutes(5)
    static let longestLead = Milliseconds.minutes(2)

    /// Delays of the last messages in milliseconds, held to what 32 bits can say (24 days).
    private(set) var delays = InlineArray<20, Int32>(repeating: 0)
    private(set) var count: UInt8 = 0
    private(set) var next: UInt8 = 0
    /// Whether the last message was found wrong.
    private(set) var isWrong = false

    init() {}

    init(delays: InlineArray<20, Int32>, count: UInt8, next: UInt8, isWrong: Bool) {
        self.delays = delays
        self.count = count
        self.next = next
        self.isWrong = isWrong
    }

    /// Takes the times of the next message.
    ///
    /// - Returns: by how much the clock is behind, negative when it is ahead; zero when it has come
    ///   right; nil when nothing is to be said.
    mutating func judge(measured: Instant, arrived: Instant, isPossible: Bool) -> Milliseconds? {
        let delay = arrived - measured
        delays[Int(next)] = Int32(clamping: delay.count)
        next = (next + 1) % UInt8(Self.messageCount)
        count = min(count + 1, UInt8(Self.messageCount))
        let wasWrong = isWrong
        if !isPossible || delay < Milliseconds(-Self.longestLead.count) {
            isWrong = true
            return delay
        }
        let median = count == Self.messageCount ? medianDelay() : .zero
        isWrong = median > Self.longestDelay
        return isWrong ? median : wasWrong ? .zero : nil
    }

    private func medianDelay() -> Milliseconds {
        var sorted = delays
        for index in 1..<Self.messageCount {
            let value = sorted[index]
            var place = index
            while place > 0, sorted[place - 1] > value {
                sorted[place] = sorted[place - 1]
                place -= 1
            }
            sorted[place] = value
        }
        let middle = Self.messageCount / 2
        return Milliseconds((Int64(sorted[middle - 1]) + Int64(sorted[middle])) / 2)
    }
}
