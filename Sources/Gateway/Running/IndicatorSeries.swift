internal import Indicators
internal import Telemetry

/// What evaluations of the indicators give, as samples of series.
///
/// Of each unit, set and indicator, with the labels `unit`, `set` (id and version, `318-NC@2022`)
/// and `indicator` (its code in the set, `17.3`):
///
/// | series | value |
/// | --- | --- |
/// | `indicator_state{state}` | 1 for the word of ``Outcome`` that holds, 0 for the others |
/// | `indicator_value` | the value in the indicator's own unit, as `%`; none when not known |
/// | `indicator_coverage_ratio` | share that is known of window or area; none where nothing is |
///
/// Without data the state is `not_enough_data` or `no_threshold`, never `met`. Series of verdicts
/// that rest on simulated devices carry `simulated="true"`. What an evaluation gave and the next
/// does not is ended by a staleness marker.
///
/// The shipped sets list 84 indicators: some 400 samples a unit every ten minutes, 58 000 a day,
/// 520 kB of journal.
///
/// - Source: OpenMetrics 1.0, "StateSet", for the states; the label is `state` here, where
///   OpenMetrics has the metric's own name.
struct IndicatorSeries {
    /// Names of the series, which nobody else may give.
    static let names: Set<String> = [stateName, valueName, coverageName]
    /// How often each series gets a sample, by its name.
    static var intervals: [String: Milliseconds] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, interval) })
    }

    static let stateName = "indicator_state"
    static let valueName = "indicator_value"
    static let coverageName = "indicator_coverage_ratio"
    private static let interval = Milliseconds(IndicatorService.interval.components.seconds * 1000)

    /// The series that the last evaluation gave; after a start nobody knows of any.
    private var given: Set<Labels> = []

    /// The samples of an evaluation, and the ends of series that it does not give any more.
    ///
    /// - Parameters:
    ///   - scorecards: all that the evaluation gave.
    ///   - now: the time of the evaluation.
    /// - Returns: one sample a series.
    mutating func samples(of scorecards: [Scorecard], at now: Instant) -> LabelledSamples {
        var samples = LabelledSamples()
        var present: Set<Labels> = []
        func give(_ labels: Labels, _ value: Double) {
            guard present.insert(labels).inserted else { return }
            samples.append(labels, Sample(time: now, value: value))
        }
        for card in scorecards {
            for verdict in card.verdicts {
                let labels = Self.labels(of: verdict, in: card)
                for outcome in Outcome.allCases {
                    let state = labels.setting("state", to: outcome.rawValue)
                    give(Self.named(Self.stateName, state), outcome == verdict.outcome ? 1 : 0)
                }
                // A quotient without a divisor is no value.
                if let value = verdict.value, !value.isNaN {
                    give(Self.named(Self.valueName, labels), value)
                }
                if let coverage = verdict.coverage, !coverage.isNaN {
                    give(Self.named(Self.coverageName, labels), coverage)
                }
            }
        }
        let marker = Double(bitPattern: Sample.staleMarkerBits)
        for ended in given.subtracting(present).sorted() {
            samples.append(ended, Sample(time: now, value: marker))
        }
        given = present
        return samples
    }

    private static func labels(of verdict: Verdict, in card: Scorecard) -> Labels {
        Labels([
            Label("unit", card.unit), Label("set", card.set), Label("indicator", verdict.code),
            Label("simulated", verdict.isSimulated ? "true" : ""),
        ])
    }

    private static func named(_ name: String, _ labels: Labels) -> Labels {
        labels.setting(Labels.metricNameLabel, to: name)
    }
}
