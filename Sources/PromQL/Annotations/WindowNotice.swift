internal import Telemetry

/// What there is to say when a function over windows gives series values.
///
/// Of many series it says each thing once: what was said is not looked for again. Threads that
/// share series out have a copy each.
enum WindowNotice: Sendable {
    /// A rate is taken: of metrics that are no counters by their names this is said. The metric
    /// that was looked at last needs no second look; most series of a selector have one.
    case rate(AnnotationSite, seen: String?)
    /// Quantiles that are none are asked for; those that no series has had yet.
    case quantiles([InvalidShare], AnnotationSite)

    /// What is asked for at some steps and is no share.
    struct InvalidShare {
        let value: Double
        fileprivate(set) var steps: [Int]
    }

    /// How names of counters end.
    ///
    /// - Source: Prometheus, promql/engine.go, evaluator.eval, rate and increase.
    private static let counterEndings = ["_total", "_sum", "_count", "_bucket"]

    /// The notice of a call; nil when it has none to give.
    init?(_ function: Function, _ parameter: [Double], _ places: CallPlaces?) {
        switch function {
        case .rate, .increase: self = .rate(places.site(ofArgument: 0), seen: nil)
        case .quantileOverTime:
            let invalid = Self.invalidShares(parameter)
            guard !invalid.isEmpty else { return nil }
            self = .quantiles(invalid, places.site(ofArgument: 0))
        default: return nil
        }
    }

    /// The values that are no shares, each once, in the order of their first steps.
    private static func invalidShares(_ parameter: [Double]) -> [InvalidShare] {
        var shares: [InvalidShare] = []
        var places: [UInt64: Int] = [:]
        for (step, value) in parameter.enumerated() where !Quantile.isShare(value) {
            if let place = places[value.bitPattern] {
                shares[place].steps.append(step)
            } else {
                places[value.bitPattern] = shares.count
                shares.append(InvalidShare(value: value, steps: [step]))
            }
        }
        return shares
    }

    /// Says what there is to say of the values of a series and was not said yet.
    mutating func add(
        _ column: Column,
        of labels: Labels,
        to annotations: inout QueryAnnotations
    ) {
        switch self {
        case .rate(let site, let seen):
            guard let name = labels.metricName, !name.isEmpty, name != seen, !column.isEmpty
            else { return }
            self = .rate(site, seen: name)
            guard !Self.counterEndings.contains(where: name.hasSuffix) else { return }
            annotations.add(.possibleNonCounter(name, site))
        case .quantiles(let shares, _) where shares.isEmpty: return
        case .quantiles(var shares, let site):
            shares.removeAll { share in
                guard share.steps.contains(where: { column[$0] != nil }) else { return false }
                annotations.add(.invalidQuantile(share.value, site))
                return true
            }
            self = .quantiles(annotations.isFull(.warning) ? [] : shares, site)
        }
    }
}
