internal import Telemetry

/// How much a series varies over a day: the median absolute deviation of 48 half hours.
///
/// Each half hour is stood for by its first reading, so that a device that reports each second
/// costs no more memory than one that reports each half hour. The current half hour does not count:
/// the deviation is worked out once when a half hour ends, some 1 µs, and is at hand in between.
struct RollingSpread: Sendable {
    static let slotCount = 48
    static let slotMilliseconds: Int64 = 1_800_000
    /// Half hours with a reading that a statement needs; a quarter of a day's, our own choice.
    static let leastFilled = 12

    /// First reading of each half hour by its number modulo ``slotCount``; NaN where there is none.
    private(set) var values = InlineArray<48, Float>(repeating: .nan)
    /// Number of the current half hour since 1970; `Int64.min` before the first reading.
    private(set) var newest = Int64.min
    /// Median absolute deviation of the half hours before; NaN when there are too few.
    private(set) var deviation = Float.nan

    init() {}

    init(values: InlineArray<48, Float>, newest: Int64, deviation: Float) {
        self.values = values
        self.newest = newest
        self.deviation = deviation
    }

    /// Moves on to the half hour of a time.
    ///
    /// - Precondition: times rise.
    /// - Returns: true when nothing of what was known is less than a day old.
    mutating func advance(to time: Instant) -> Bool {
        let slot = Self.slot(of: time)
        guard slot != newest else { return false }
        let isFirst = newest == .min
        let passed = isFirst ? Int64(Self.slotCount) : min(slot - newest, Int64(Self.slotCount))
        for offset in 0..<passed { values[Self.place(of: slot - offset)] = .nan }
        newest = slot
        deviation = medianAbsoluteDeviation()
        return passed == Self.slotCount
    }

    /// Notes a reading of the current half hour.
    mutating func add(_ value: Double) {
        let place = Self.place(of: newest)
        if values[place].isNaN { values[place] = Float(value) }
    }

    private static func slot(of time: Instant) -> Int64 {
        let quotient = time.milliseconds / slotMilliseconds
        return time.milliseconds < quotient * slotMilliseconds ? quotient - 1 : quotient
    }

    private static func place(of slot: Int64) -> Int {
        let rest = Int(slot % Int64(slotCount))
        return rest < 0 ? rest + slotCount : rest
    }

    private func medianAbsoluteDeviation() -> Float {
        var sorted = InlineArray<48, Float>(repeating: 0)
        var count = 0
        for index in 0..<Self.slotCount {
            let value = values[index]
            guard !value.isNaN else { continue }
            var place = count
            while place > 0, sorted[place - 1] > value {
                sorted[place] = sorted[place - 1]
                place -= 1
            }
            sorted[place] = value
            count += 1
        }
        guard count >= Self.leastFilled else { return .nan }
        let upper = count / 2
        let isOdd = count % 2 == 1
        let median = isOdd ? sorted[upper] : (sorted[upper - 1] + sorted[upper]) / 2
        // The deviations rise to both sides of the median: take the smaller side step by step.
        var left = upper - 1
        var right = upper
        var before: Float = 0
        var last: Float = 0
        for _ in 0...upper {
            let below = left >= 0 ? median - sorted[left] : .infinity
            let above = right < count ? sorted[right] - median : .infinity
            before = last
            if below < above {
                last = below
                left -= 1
            } else {
                last = above
                right += 1
            }
        }
        return isOdd ? last : (before + last) / 2
    }
}
