internal import Telemetry

/// Holds a figure against its threshold.
///
/// The rules, in this order:
/// 1. without a threshold there is no verdict;
/// 2. without a value nothing is ever met;
/// 3. where both bounds pass, or both fail, the unknown part cannot change the outcome;
/// 4. where they straddle the threshold, the value decides if enough is known, else nothing does;
/// 5. what sensors found met waits for the attestation of the part that no sensor sees.
struct Judge {
    /// Share that must be known for the value to decide between its bounds, 0 to 1.
    let minimumCoverage: Double

    /// The outcome and its reason.
    ///
    /// - Parameters:
    ///   - figure: what was found.
    ///   - threshold: what must be reached; nil when not loaded.
    ///   - indicator: names the unit, the comparison and why no threshold is loaded.
    ///   - attested: the finding about the part that no sensor sees; nil when there is none.
    /// - Returns: what was read or judged.
    func verdict(
        _ figure: Figure,
        threshold: Threshold?,
        indicator: Indicator,
        attested: Bool?
    ) -> (Outcome, BilingualText) {
        guard let threshold else { return (.noThreshold, Reason.noThreshold(figure, indicator)) }
        let (outcome, reason) = compared(figure, threshold, indicator)
        guard outcome == .met, let part = indicator.attestedPart else { return (outcome, reason) }
        switch attested {
        case true?: return (.met, reason.joined(Reason.partAttested(part)))
        case false?: return (.notMet, reason.joined(Reason.partRefused(part)))
        case nil: return (.notEnoughData, reason.joined(Reason.partMissing(part)))
        }
    }

    private func compared(
        _ figure: Figure,
        _ threshold: Threshold,
        _ indicator: Indicator
    ) -> (Outcome, BilingualText) {
        switch threshold.requirement {
        case .attested:
            switch figure.finding {
            case true?: return (.met, Reason.attested(figure))
            case false?: return (.notMet, Reason.refused(figure))
            case nil: return (.notEnoughData, Reason.missing(figure))
            }
        case .number(let number):
            guard let value = figure.value else {
                return (.notEnoughData, Reason.missing(figure))
            }
            let outcome = outcome(figure, value: value, number, indicator.comparison)
            return (outcome, Reason.compared(figure, outcome, number, indicator, minimumCoverage))
        }
    }

    private func outcome(
        _ figure: Figure,
        value: Double,
        _ number: Double,
        _ comparison: Comparison
    ) -> Outcome {
        let low = comparison.accepts(figure.low ?? -.infinity, threshold: number)
        let high = comparison.accepts(figure.high ?? .infinity, threshold: number)
        if low && high { return .met }
        if !low && !high { return .notMet }
        guard (figure.coverage ?? 1) >= minimumCoverage else { return .notEnoughData }
        return comparison.accepts(value, threshold: number) ? .met : .notMet
    }
}
