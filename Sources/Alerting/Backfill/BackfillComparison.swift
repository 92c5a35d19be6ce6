internal import Telemetry

/// What rules gave for a stretch of the past, beside what the store has of them there.
struct BackfillComparison {
    /// What is to be written: by series, each in rising time.
    private(set) var changes: [RuleSample] = []
    private(set) var figures: [RuleID: BackfillFigures] = [:]

    /// A sample that a rule gave.
    private struct Given {
        let time: Int64
        var value: Double
        var rule: RuleID
    }

    /// Compares.
    ///
    /// - Parameters:
    ///   - outcome: of a run over history.
    ///   - source: the store.
    ///   - range: the times of evaluation whose samples are compared.
    ///   - engine: whose rules they are.
    /// - Throws: ``AlertingError/queryFailed(rule:reason:)`` when the store cannot be read.
    init(
        of outcome: EvaluationOutcome,
        with source: some SeriesSource,
        in range: ClosedRange<Instant>,
        _ engine: AlertEngine
    ) throws(AlertingError) {
        for (rule, tally) in outcome.tallies {
            figures[rule, default: BackfillFigures()].tally = tally
        }
        var given = Self.bySeries(outcome)
        do {
            try compareStored(&given, with: source, in: range, engine)
        } catch {
            throw .queryFailed(rule: "of the past", reason: "\(error)")
        }
        for (labels, samples) in given.sorted(by: { $0.key < $1.key }) {
            // A series that is not there yet cannot end.
            for sample in samples.drop(while: { Self.isMarker($0.value) }) {
                put(labels, sample.time, sample.value)
                figures[sample.rule, default: BackfillFigures()].written += 1
            }
        }
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
                guard let owner = engine.ownership.owner(of: series.labels) else { continue }
                let times = (range.lowerBound - owner.offset)...(range.upperBound - owner.offset)
                try source.read(series.id, in: times, into: &buffer)
                let samples = given.removeValue(forKey: series.labels) ?? []
                compare(series.labels, buffer, samples, owner.rule)
            }
        }
    }

    private mutating func compare(
        _ labels: Labels,
        _ stored: SampleBuffer,
        _ given: [Given],
        _ owner: RuleID
    ) {
        var next = 0
        for index in 0..<stored.count {
            let (time, value) = (stored.times[index], stored.values[index])
            while next < given.count, given[next].time < time {
                put(labels, given[next].time, given[next].value)
                figures[given[next].rule, default: BackfillFigures()].written += 1
                next += 1
            }
            guard next < given.count, given[next].time == time else {
                guard !Self.isMarker(value) else { continue }
                put(labels, time, RuleSample.staleMarker)
                figures[owner, default: BackfillFigures()].ended += 1
                continue
            }
            let (sample, rule) = (given[next].value, given[next].rule)
            next += 1
            if sample.bitPattern == value.bitPattern {
                figures[rule, default: BackfillFigures()].unchanged += 1
                continue
            }
            put(labels, time, sample)
            if Self.isMarker(sample) {
                figures[rule, default: BackfillFigures()].ended += 1
            } else {
                figures[rule, default: BackfillFigures()].replaced += 1
            }
        }
        for sample in given[next...] {
            put(labels, sample.time, sample.value)
            figures[sample.rule, default: BackfillFigures()].written += 1
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
