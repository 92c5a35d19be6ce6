internal import Telemetry

/// Finds readings that leave the level of their neighbours and come back within two readings.
///
/// A reading leaves the level when it differs from the one before by more than the larger of
/// two limits: so many median absolute deviations of the last day (see ``RollingSpread``), and
/// ``stepFactor`` times the largest of the last steps (see ``RecentSteps``), because in a flood or
/// a storm steps are large for hours while the day's deviation is still that of quiet water. It is
/// back when a reading lies within ``returnShare`` of the height from the level before: those that
/// were away were a spike. What does not come back within two readings is a new level, and no
/// spike.
///
/// - Source: `domain/alarms-and-kpis.md`, G6, for deviation, day and two readings. The other
///   numbers are our own, chosen on the labelled recordings before 2019-07-01: see the page
///   "Scores".
struct SpikeCheck: Sendable {
    static let stepFactor = 5.0
    static let returnShare = 0.25

    private(set) var spread = RollingSpread()
    private(set) var steps = RecentSteps()
    /// The level: the last reading that had not left it; NaN before the first.
    private(set) var level = Double.nan
    /// How many readings are away from the level, two at most: the first ones of ``away``.
    private(set) var awayCount: UInt8 = 0
    private(set) var away = InlineArray<2, Sample>(repeating: Sample(time: .distantPast, value: 0))

    init() {}

    init(
        spread: RollingSpread,
        steps: RecentSteps,
        level: Double,
        awayCount: UInt8,
        away: InlineArray<2, Sample>
    ) {
        self.spread = spread
        self.steps = steps
        self.level = level
        self.awayCount = awayCount
        self.away = away
    }

    /// Takes the next reading, later than all before.
    ///
    /// - Parameters:
    ///   - sample: the reading in the quantity's unit.
    ///   - factor: deviations that make a spike.
    /// - Returns: how many readings of ``away`` turned out to be a spike.
    mutating func judge(_ sample: Sample, factor: Double) -> Int {
        if spread.advance(to: sample.time) { forget() }
        defer { spread.add(sample.value) }
        if level.isNaN { level = sample.value }
        let distance = abs(sample.value - level)
        if awayCount == 0 {
            if leaves(distance, factor) {
                away[0] = sample
                awayCount = 1
            } else {
                move(to: sample.value)
            }
            return 0
        }
        var height = abs(away[0].value - level)
        if awayCount == 2 { height = max(height, abs(away[1].value - level)) }
        if distance <= Self.returnShare * height {
            defer { awayCount = 0 }
            move(to: sample.value)
            return Int(awayCount)
        }
        if awayCount == 1 {
            away[1] = sample
            awayCount = 2
        } else {
            awayCount = 0
            move(to: away[0].value)
            move(to: away[1].value)
            move(to: sample.value)
        }
        return 0
    }

    private func leaves(_ distance: Double, _ factor: Double) -> Bool {
        let deviation = Double(spread.deviation)
        // Without any variation in a day nobody knows what is much; NaN: too few readings.
        guard deviation > 0 else { return false }
        return distance > max(factor * deviation, Self.stepFactor * steps.largest)
    }

    private mutating func move(to value: Double) {
        steps.note(abs(value - level))
        level = value
    }

    private mutating func forget() {
        level = .nan
        awayCount = 0
        steps = RecentSteps()
    }
}
