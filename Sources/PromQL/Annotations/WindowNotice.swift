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

    /// How names of counters end.
    ///
    /// - Source: Prometheus, promql/engine.go, evaluator.eval, rate and increase.
    private static let counterEndings = ["_total", "_sum", "_count", "_bucket"]

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

    /// Says what there is to say of the values of a series.
    func add(_ column: Column, of labels: Labels, to annotations: inout QueryAnnotations) {
        switch self {
        case .rate(let site):
            guard let name = labels.metricName, !name.isEmpty,
                !Self.counterEndings.contains(where: name.hasSuffix), !column.isEmpty
            else { return }
            annotations.add(.possibleNonCounter(name, site))
        case .quantiles(let invalid, let site):
            // Mostly one share is asked for at all steps: then a series says it once.
            var said: UInt64?
            for share in invalid
            where share.value.bitPattern != said && column[share.step] != nil {
                guard !annotations.isFull(.warning) else { return }
                said = share.value.bitPattern
                annotations.add(.invalidQuantile(share.value, site))
            }
        }
    }
}
