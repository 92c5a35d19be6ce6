internal import Telemetry

/// What there is to say when a function over windows gives a series values.
///
/// It holds all that is needed, so that any thread can say it.
enum WindowNotice: Sendable {
    /// A rate is taken: of metrics that are no counters by their names this is said.
    case rate(AnnotationSite)
    /// Quantiles that are none are asked for, each at some steps.
    case quantiles([(annotation: QueryAnnotation, steps: [Int])])

    /// How names of counters end.
    ///
    /// - Source: Prometheus, promql/engine.go, evaluator.eval, rate and increase.
    private static let counterEndings = ["_total", "_sum", "_count", "_bucket"]

    /// The notice of a call; nil when it has none to give.
    init?(_ function: Function, _ parameter: [Double], _ places: CallPlaces?) {
        switch function {
        case .rate, .increase: self = .rate(places.site(ofArgument: 0))
        case .quantileOverTime:
            let invalid = Self.invalid(parameter, places.site(ofArgument: 0))
            guard !invalid.isEmpty else { return nil }
            self = .quantiles(invalid)
        default: return nil
        }
    }

    private static func invalid(
        _ shares: [Double],
        _ site: AnnotationSite
    ) -> [(annotation: QueryAnnotation, steps: [Int])] {
        var steps: [UInt64: [Int]] = [:]
        for (step, share) in shares.enumerated() where !Quantile.isShare(share) {
            // All NaNs are written the same.
            let bits = share.isNaN ? Double.nan.bitPattern : share.bitPattern
            steps[bits, default: []].append(step)
        }
        return steps.map { (.invalidQuantile(Double(bitPattern: $0.key), site), $0.value) }
    }

    /// Says what there is to say of the values of a series.
    func add(_ column: Column, of labels: Labels, to annotations: inout QueryAnnotations) {
        switch self {
        case .rate(let site):
            guard let name = labels.metricName, !name.isEmpty,
                !Self.counterEndings.contains(where: name.hasSuffix), !column.isEmpty
            else { return }
            annotations.add(.possibleNonCounter(name, site))
        case .quantiles(let invalid):
            for (annotation, steps) in invalid where !annotations.contains(annotation) {
                if steps.contains(where: { column[$0] != nil }) { annotations.add(annotation) }
            }
        }
    }
}
