import QualityControl
import Telemetry

/// How far marks agree with the technicians' labels, counted in readings.
struct SondeScore: Equatable {
    var hits = 0
    var falseMarks = 0
    var misses = 0

    /// Share of the marked readings that have a label; nil when none is marked.
    var precision: Double? {
        hits + falseMarks == 0 ? nil : Double(hits) / Double(hits + falseMarks)
    }
    /// Share of the labelled readings that are marked; nil when none is labelled.
    var recall: Double? { hits + misses == 0 ? nil : Double(hits) / Double(hits + misses) }

    static func += (left: inout SondeScore, right: SondeScore) {
        left.hits += right.hits
        left.falseMarks += right.falseMarks
        left.misses += right.misses
    }

    /// Compares marks with labels.
    ///
    /// - Parameters:
    ///   - readings: the period that is scored.
    ///   - marked: times of the marked readings.
    ///   - labels: the labels that should be found; readings with another label are left out.
    init(
        _ readings: ArraySlice<SondeSeries.Reading>,
        _ marked: Set<Instant>,
        labels: Set<Int>?
    ) {
        for reading in readings {
            if let label = reading.label, let labels, !labels.contains(label) { continue }
            switch (marked.contains(reading.sample.time), reading.label != nil) {
            case (true, true): hits += 1
            case (true, false): falseMarks += 1
            case (false, true): misses += 1
            case (false, false): break
            }
        }
    }

    init() {}
}

/// A way to mark readings.
enum SondeRule: String, CaseIterable {
    /// The checks as they are shipped, with the logger's sentinels.
    case checks
    /// The checks with the numbers of the sheet: 6 deviations; 3 h for pH and dissolved oxygen.
    case checksOfSheet = "checks, sheet's numbers"
    /// More than three standard deviations from the mean of the 24 hours before.
    case rolling = "3-sigma, 24 h before"
    /// More than three standard deviations from the mean of everything before.
    case expanding = "3-sigma, all before"
    /// More than three standard deviations from the mean of the quarter itself: known only when it
    /// is over.
    case hindsight = "3-sigma, hindsight"

    /// Times of the readings that it marks, of those in the period and maybe others.
    func marks(_ series: SondeSeries, in period: Range<Instant>) -> Set<Instant> {
        switch self {
        case .checks: Set(Self.reasons(series, isOfSheet: false).keys)
        case .checksOfSheet: Set(Self.reasons(series, isOfSheet: true).keys)
        case .rolling: Self.sigmaMarks(series.readings, window: 96)
        case .expanding: Self.sigmaMarks(series.readings, window: .max)
        case .hindsight: Self.hindsightMarks(series.readings(in: period))
        }
    }

    private static func policy(isOfSheet: Bool) -> QualityPolicy {
        var policy = QualityPolicy()
        for column in SondeRecording.columns {
            var change = QualityPolicy.Change()
            change.sentinels = SondeRecording.sentinels
            let range = Quantity.named(column.quantity)?.range
            change.range = range
            if isOfSheet {
                change.spikeFactor = .on(6)
                if ["water.ph", "water.dissolved_oxygen"].contains(column.quantity) {
                    change.flatAfter = .on(.hours(3))
                }
            }
            policy.quantities[column.quantity] = change
        }
        return policy
    }

    /// What the checks say of each reading that they mark.
    static func reasons(_ series: SondeSeries, isOfSheet: Bool) -> [Instant: Set<QualityReason>] {
        var control = QualityControl(policy: policy(isOfSheet: isOfSheet))
        let place = control.place(
            of: series.quantity,
            channel: nil,
            address: series.site,
            device: series.site
        )
        guard let place else { return [:] }
        var marks: [Instant: Set<QualityReason>] = [:]
        for reading in series.readings {
            let judgement = control.judge(reading.sample, at: place)
            if let reason = judgement.reason {
                marks[reading.sample.time, default: []].insert(reason)
                if let time = judgement.restBegan { marks[time, default: []].insert(reason) }
            }
            for spike in [judgement.firstSpike, judgement.secondSpike] {
                if let spike { marks[spike.time, default: []].insert(.spike) }
            }
        }
        return marks
    }

    /// The plain rule over the readings before, of which there must be six hours.
    private static func sigmaMarks(_ readings: [SondeSeries.Reading], window: Int) -> Set<Instant> {
        var marked: Set<Instant> = []
        // Offset by the first value: sums of squares lose little by it.
        let offset = readings.first?.sample.value ?? 0
        var sum = 0.0
        var squares = 0.0
        for (index, reading) in readings.enumerated() {
            let count = Double(min(index, window))
            let value = reading.sample.value - offset
            if count >= 24 {
                let mean = sum / count
                let deviation = max(0, squares / count - mean * mean).squareRoot()
                if abs(value - mean) > 3 * deviation { marked.insert(reading.sample.time) }
            }
            sum += value
            squares += value * value
            if index >= window {
                let old = readings[index - window].sample.value - offset
                sum -= old
                squares -= old * old
            }
        }
        return marked
    }

    private static func hindsightMarks(_ readings: ArraySlice<SondeSeries.Reading>) -> Set<Instant>
    {
        let count = Double(readings.count)
        let mean = readings.reduce(0) { $0 + $1.sample.value } / count
        let squares = readings.reduce(0) {
            $0 + ($1.sample.value - mean) * ($1.sample.value - mean)
        }
        let limit = 3 * (squares / count).squareRoot()
        return Set(readings.filter { abs($0.sample.value - mean) > limit }.map(\.sample.time))
    }
}
