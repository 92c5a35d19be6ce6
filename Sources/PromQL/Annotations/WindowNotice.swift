internal import Telemetry

/// What there is to say when a function over windows gives a series values.
///
/// It holds all that is needed, so that any thread can say it.
enum WindowNotice: Sendable {
    /// A rate is taken: of metrics that are no counters by their names this is said.
    case rate(AnnotationSite)
    /// Quantiles that are none are asked for, each at some steps.
    case quantiles([InvalidShare], AnnotationSite)

    /// What is asked for at a step and is no share.
    struct InvalidShare {
        let step: Int
        let value: Double
    }

    /// The notice of a call; nil when it has none to give.
    init?(_ function: Function, _ parameter: [Double], _ places: CallPlaces?) {
        switch function {
        case .rate, .increase: self = .rate(places.site(ofArgument: 0))
        case .quantileOverTime:
            let invalid = parameter.indices.lazy
                .filter { !Quantile.isShare(parameter[$0]) }
                .map { InvalidShare(step: $0, value: parameter[$0]) }
            guard !invalid.isEmpty else { return nil }
            self = .quantiles(Array(invalid), places.site(ofArgument: 0))
        default: return nil
        }
    }
}

/// Says the notice of a call for one series after the other, and leaves out what it has said
/// before: most series of a call say the same.
struct WindowNoticeSpeaker: Sendable {
    private let notice: WindowNotice
    /// The metric of the last series whose rates were looked at; most of a selector have one.
    private var ratedMetric: String?
    /// Quantiles that are none, at the steps at which no series has had a value.
    private var unsaid: [WindowNotice.InvalidShare] = []

    /// How names of counters end.
    ///
    /// - Source: Prometheus, promql/engine.go, evaluator.eval, rate and increase.
    private static let counterEndings = ["_total", "_sum", "_count", "_bucket"]

    init(_ notice: WindowNotice) {
        self.notice = notice
        if case .quantiles(let invalid, _) = notice { unsaid = invalid }
    }

    /// Says what there is to say of the values of a series.
    ///
    /// - Returns: How many things it said.
    mutating func speak(
        of column: Column,
        _ labels: Labels,
        to annotations: inout QueryAnnotations
    ) -> Int {
        switch notice {
        case .rate(let site):
            guard let name = labels.metricName, name != ratedMetric, !name.isEmpty,
                !column.isEmpty
            else { return 0 }
            ratedMetric = name
            if Self.counterEndings.contains(where: name.hasSuffix) { return 0 }
            annotations.add(.possibleNonCounter(name, site))
            return 1
        case .quantiles(_, let site):
            var count = 0
            // Mostly one share is asked for at all steps: then a series says it once.
            var said: UInt64?
            unsaid.removeAll { share in
                guard column[share.step] != nil else { return false }
                if share.value.bitPattern != said {
                    said = share.value.bitPattern
                    count += 1
                    annotations.add(.invalidQuantile(share.value, site))
                }
                return true
            }
            return count
        }
    }
}
