internal import Telemetry

/// Finds values that stay the same for too long.
///
/// Equal means equal to the last bit: a sensor's resolution is in its readings already. A gap of
/// more than half the time begins the rest anew, because nobody saw the value rest in it.
///
/// - Source: `domain/alarms-and-kpis.md`, G4.
struct FlatLineCheck: Sendable {
    private(set) var value = Double.nan
    /// When the value was first seen.
    private(set) var since = Instant.distantPast
    /// How often in a row.
    private(set) var count: UInt32 = 0

    init() {}

    init(value: Double, since: Instant, count: UInt32) {
        self.value = value
        self.since = since
        self.count = count
    }

    /// Takes the next reading, later than all before.
    ///
    /// - Parameters:
    ///   - sample: the reading.
    ///   - last: time of the reading before.
    ///   - span: how long a value may rest.
    ///   - least: how many equal readings a statement needs.
    /// - Returns: whether it rests for too long.
    mutating func judge(
        _ sample: Sample,
        after last: Instant,
        span: Milliseconds,
        least: UInt32
    ) -> Bool {
        guard sample.value == value, (sample.time - last).count <= span.count / 2 else {
            value = sample.value
            since = sample.time
            count = 1
            return false
        }
        if count < .max { count += 1 }
        return count >= least && sample.time - since >= span
    }
}
