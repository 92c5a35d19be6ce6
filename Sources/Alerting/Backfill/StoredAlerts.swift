internal import Telemetry

/// What the store says of the alerts of rules in a stretch of the past.
///
/// `ALERTS_FOR_STATE` has since when an alert is active, in whole seconds, and `ALERTS` whether it
/// fires; both have a sample for each evaluation at which the alert was open, and a staleness
/// marker where it was not any more.
struct StoredAlerts {
    /// An alert as one evaluation left it.
    struct Shown {
        let labels: Labels
        let activeAt: Instant
        let state: Alert.State
    }

    private struct Line {
        var times: [Int64] = []
        var values: [Double] = []

        /// The last value in a range; nil when there is none or the series has ended.
        func last(in range: ClosedRange<Int64>) -> Double? {
            let end = times.partitioningIndex { $0 > range.upperBound }
            guard end > 0, times[end - 1] >= range.lowerBound,
                values[end - 1].bitPattern != RuleSample.staleMarker.bitPattern
            else { return nil }
            return values[end - 1]
        }
    }

    private struct Lines {
        var since = Line()
        var firing = Line()
    }

    /// Rules that have any sample in the stretch, recording rules among them.
    private(set) var knownRules: Set<RuleID> = []
    private var alerts: [RuleID: [Labels: Lines]] = [:]
    private var evaluations: [RuleID: Set<Int64>] = [:]

    /// Reads the series of an engine's rules.
    ///
    /// - Throws: what the source throws.
    init(
        of engine: AlertEngine,
        in range: ClosedRange<Instant>,
        source: some SeriesSource
    ) throws(SeriesSourceError) {
        var buffer = SampleBuffer()
        for name in engine.derivedNames.sorted() {
            let matcher = LabelMatcher(Labels.metricNameLabel, .equal(name))
            for series in try source.select([matcher], in: range) {
                guard let owner = engine.ownership.owner(of: series.labels) else { continue }
                try source.read(series.id, in: range, into: &buffer)
                guard !buffer.isEmpty else { continue }
                knownRules.insert(owner.rule)
                take(series.labels, name, owner.rule, buffer)
            }
        }
    }

    private mutating func take(
        _ labels: Labels,
        _ name: String,
        _ rule: RuleID,
        _ buffer: SampleBuffer
    ) {
        let line = Line(times: buffer.times, values: buffer.values)
        if name == AlertEngine.stateMetric {
            alerts[rule, default: [:]][labels.withoutMetricName, default: Lines()].since = line
            evaluations[rule, default: []].formUnion(buffer.times)
        } else if name == AlertEngine.alertsMetric,
            labels["alertstate"] == Alert.State.firing.rawValue
        {
            let key = labels.removing(Labels.metricNameLabel, "alertstate")
            alerts[rule, default: [:]][key, default: Lines()].firing = line
        }
    }

    /// Whether a rule is known to have been evaluated for a time.
    func wasEvaluated(_ rule: RuleID, at time: Instant) -> Bool {
        evaluations[rule]?.contains(time.milliseconds) == true
    }

    /// The time of the last evaluation of an alerting rule up to one, as far as alerts were open;
    /// nil when none is known.
    func lastEvaluation(of rule: RuleID, upTo time: Instant) -> Instant? {
        (evaluations[rule] ?? []).filter { $0 <= time.milliseconds }.max()
            .map { Instant(milliseconds: $0) }
    }

    /// The alerts that were open at the end of a range, each by its last samples in it.
    func open(of rule: RuleID, in range: ClosedRange<Instant>) -> [Shown] {
        let range = range.lowerBound.milliseconds...range.upperBound.milliseconds
        return (alerts[rule] ?? [:]).sorted { $0.key < $1.key }.compactMap { labels, lines in
            guard let seconds = lines.since.last(in: range),
                let activeAt = Instant(secondsSince1970: seconds)
            else { return nil }
            let state: Alert.State = lines.firing.last(in: range) == nil ? .pending : .firing
            return Shown(labels: labels, activeAt: activeAt, state: state)
        }
    }
}
