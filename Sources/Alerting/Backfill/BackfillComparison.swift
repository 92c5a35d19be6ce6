internal import Telemetry

/// What rules gave for a stretch of the past, by a backfill or a correction, beside what the store
/// has of them there.
struct BackfillComparison {
    /// What is to be written: by series, each in rising time.
    private(set) var changes: [RuleSample] = []
    private(set) var figures: [RuleID: BackfillFigures] = [:]
    /// The last sample that was given of each series, as far as it may hold on.
    private(set) var held: [Labels: Given] = [:]

    /// A sample that a rule gave.
    struct Given {
        var time: Int64
        var value: Double
        var rule: RuleID
    }

    /// Compares.
    ///
    /// - Parameters:
    ///   - outcome: of a run over history.
    ///   - source: the store.
    ///   - range: the times of evaluation whose samples are compared.
    ///   - held: what the comparison of the time before has.
    ///   - engine: whose rules they are.
    /// - Throws: ``AlertingError/queryFailed(rule:reason:)`` when the store cannot be read.
    init(
        of outcome: EvaluationOutcome,
        with source: some SeriesSource,
        in range: ClosedRange<Instant>,
        after held: [Labels: Given],
        _ engine: AlertEngine
    ) throws(AlertingError) {
        self.held = held
        for (rule, tally) in outcome.tallies {
            figures[rule, default: BackfillFigures()].tally = tally
        }
        var given = Self.bySeries(outcome)
        do {
            try compareStored(&given, outcome, with: source, in: range, engine)
        } catch {
            throw .queryFailed(rule: "of the past", reason: "\(error)")
        }
        for (labels, samples) in given.sorted(by: { $0.key < $1.key }) {
            // A series that is not there yet cannot end.
            for sample in samples.drop(while: { Self.isMarker($0.value) }) {
                write(labels, sample)
            }
            self.held[labels] = samples.last
        }
        let longest = (engine.groups.map(\.interval).max() ?? .zero) + engine.longestOffset
        let oldest = range.upperBound - longest
        self.held = self.held.filter { $0.value.time > oldest.milliseconds }
    }

    private static func bySeries(_ outcome: EvaluationOutcome) -> [Labels: [Given]] {
        var given: [Labels: [Given]] = [:]
        var start = 0
        for origin in outcome.origins {
            for sample in outcome.samples[start..<origin.end] {
                let time = sample.sample.time.milliseconds
                let value = sample.sample.value
                if let last = given[sample.labels]?.indices.last,
                    given[sample.labels]?[last].time == time
                {
                    // The later one of a time stands, as in the store.
                    given[sample.labels]?[last].value = value
                    given[sample.labels]?[last].rule = origin.rule
                } else {
                    given[sample.labels, default: []].append(
                        Given(time: time, value: value, rule: origin.rule)
                    )
                }
            }
            start = origin.end
        }
        return given
    }

    /// Compares the series that are in the store, and takes them out of what was given.
    private mutating func compareStored(
        _ given: inout [Labels: [Given]],
        _ outcome: EvaluationOutcome,
        with source: some SeriesSource,
        in range: ClosedRange<Instant>,
        _ engine: AlertEngine
    ) throws(SeriesSourceError) {
        var buffer = SampleBuffer()
        let searched = (range.lowerBound - RuleLinks.reach)...range.upperBound
        for name in engine.derivedNames.sorted() {
            let matcher = LabelMatcher(Labels.metricNameLabel, .equal(name))
            let found = try source.select([matcher], in: searched)
            for series in found.sorted(by: { $0.labels < $1.labels }) {
                let owners = engine.ownership.owners(of: series.labels)
                guard let owner = owners.first else { continue }
                let times = (range.lowerBound - owner.offset)...(range.upperBound - owner.offset)
                try source.read(series.id, in: times, into: &buffer)
                let samples = given.removeValue(forKey: series.labels) ?? []
                compare(series.labels, buffer, samples, owners, outcome)
            }
        }
    }

    private mutating func compare(
        _ labels: Labels,
        _ stored: SampleBuffer,
        _ given: [Given],
        _ owners: [RuleOwnership.Owner],
        _ outcome: EvaluationOutcome
    ) {
        var last = held[labels]
        var next = 0
        for index in 0..<stored.count {
            let (time, value) = (stored.times[index], stored.values[index])
            while next < given.count, given[next].time < time {
                write(labels, given[next])
                last = given[next]
                next += 1
            }
            var sample: Given?
            if next < given.count, given[next].time == time {
                sample = given[next]
                next += 1
            }
            let moment = Instant(milliseconds: time)
            // What was stored when a rule fails is all that is known.
            if owners.contains(where: { outcome.hasFailed($0, for: moment) }) { continue }
            if let sample {
                last = sample
                replace(value, by: sample, of: labels)
            } else if owners.contains(where: { $0.isDue(for: moment) }) {
                guard !Self.isMarker(value) else { continue }
                put(labels, time, RuleSample.staleMarker)
                figures[owners[0].rule, default: BackfillFigures()].ended += 1
            } else if var sample = last, !Self.isMarker(sample.value),
                let owner = owners.first(where: { $0.rule == sample.rule }),
                time - sample.time < owner.interval.count
            {
                sample.time = time
                replace(value, by: sample, of: labels)
            }
        }
        for sample in given[next...] { write(labels, sample) }
        held[labels] = given.last ?? last
    }

    private mutating func write(_ labels: Labels, _ sample: Given) {
        put(labels, sample.time, sample.value)
        figures[sample.rule, default: BackfillFigures()].written += 1
    }

    private mutating func replace(_ value: Double, by sample: Given, of labels: Labels) {
        if sample.value.bitPattern == value.bitPattern {
            figures[sample.rule, default: BackfillFigures()].unchanged += 1
            return
        }
        put(labels, sample.time, sample.value)
        if Self.isMarker(sample.value) {
            figures[sample.rule, default: BackfillFigures()].ended += 1
        } else {
            figures[sample.rule, default: BackfillFigures()].replaced += 1
        }
    }

    private mutating func put(_ labels: Labels, _ time: Int64, _ value: Double) {
        let sample = Sample(time: Instant(milliseconds: time), value: value)
        changes.append(RuleSample(labels: labels, sample: sample))
    }

    private static func isMarker(_ value: Double) -> Bool {
        value.bitPattern == RuleSample.staleMarker.bitPattern
    }
}
