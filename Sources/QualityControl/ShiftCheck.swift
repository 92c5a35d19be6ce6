internal import Telemetry

/// Finds readings that jumped away from the level of the last weeks and have not come back, as
/// those of a sensor that failed, fell dry or was put elsewhere.
///
/// The level is the mean of what was accepted, weighted so that a reading counts for less the
/// longer it is past (``memory``). A reading is away when it differs from the level by more than
/// ``factor`` standard deviations and the least height that the operator sets, and got there by one
/// step: larger than that height and than ``stepFactor`` times the largest of the last steps.
/// What gets far by small steps is weather or season. Readings that are away teach nothing; after
/// ``longestAway`` they are the new level, which is learned from the beginning.
///
/// - Source: none; the numbers are our own, chosen on the labelled recordings before 2019-07-01:
///   see the page "Scores".
struct ShiftCheck: Sendable {
    static let factor = 4.0
    static let stepFactor = 5.0
    static let memory = Milliseconds.days(30)
    /// For how long readings teach before any is judged.
    static let learning = Milliseconds.days(7)
    static let leastReadings: UInt32 = 96
    static let longestAway = Milliseconds.days(14)
    /// Longest silence over which a level is kept: what went on meanwhile nobody saw.
    static let longestSilence = Milliseconds.days(7)
    /// Most time that one reading stands for, however long the one before it is past.
    static let longestShare = Milliseconds.hours(6)

    private(set) var steps = RecentSteps()
    /// The last accepted reading.
    private(set) var last = Sample(time: .distantPast, value: .nan)
    /// When the series left its level; nil while it keeps it.
    private(set) var awaySince: Instant?
    private(set) var mean = 0.0
    private(set) var variance = 0.0
    private(set) var learned = Milliseconds.zero
    /// How many readings taught the level; stops at the largest number.
    private(set) var count: UInt32 = 0

    init() {}

    init(
        steps: RecentSteps,
        last: Sample,
        awaySince: Instant?,
        mean: Double,
        variance: Double,
        learned: Milliseconds,
        count: UInt32
    ) {
        self.steps = steps
        self.last = last
        self.awaySince = awaySince
        self.mean = mean
        self.variance = variance
        self.learned = learned
        self.count = count
    }

    /// Takes the next reading, later than all before.
    ///
    /// - Parameters:
    ///   - sample: the reading in the quantity's unit.
    ///   - before: when the one before it was measured.
    ///   - least: the least height of a shift in the quantity's unit.
    /// - Returns: whether the reading is away from the level.
    mutating func judge(_ sample: Sample, after before: Instant, least: Double) -> Bool {
        if count > 0, sample.time - before > Self.longestSilence { self = ShiftCheck() }
        if isAway(sample, least) { return true }
        learn(sample)
        return false
    }

    private mutating func isAway(_ sample: Sample, _ least: Double) -> Bool {
        guard learned >= Self.learning, count >= Self.leastReadings else { return false }
        let isFar = abs(sample.value - mean) > max(Self.factor * variance.squareRoot(), least)
        if let since = awaySince {
            if sample.time - since > Self.longestAway {
                self = ShiftCheck()
            } else if !isFar {
                awaySince = nil
            }
        } else if isFar {
            let step = abs(sample.value - last.value)
            if step > max(Self.stepFactor * steps.largest, least) { awaySince = sample.time }
        }
        return awaySince != nil
    }

    private mutating func learn(_ sample: Sample) {
        var share = Milliseconds.zero
        if count == 0 {
            mean = sample.value
        } else {
            share = min(sample.time - last.time, Self.longestShare)
            steps.note(abs(sample.value - last.value))
        }
        if count < .max { count += 1 }
        learned = min(learned + share, Self.memory)
        let weight = max(1 / Double(count), share.seconds / Self.memory.seconds)
        let distance = sample.value - mean
        mean += weight * distance
        variance = (1 - weight) * (variance + weight * distance * distance)
        last = sample
    }
}
