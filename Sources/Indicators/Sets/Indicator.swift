public import Telemetry

/// One indicator of a criterion: what it counts, how it is computed and what it must reach.
public struct Indicator: Hashable, Sendable {
    /// Its code inside the set, as `17.3`; the same code means other things in other sets.
    public let code: String
    /// Its name and how well that is known.
    public let name: SourcedName
    /// What can establish it.
    public let evidence: EvidenceKind
    /// How its value is found.
    public let computation: Computation
    /// Unit of its value as shown, as `%`; `đạt` for a finding.
    public let unit: String
    /// How its value is held against the threshold.
    public let comparison: Comparison
    /// Thresholds by region; empty when none is loaded.
    public let thresholds: [Threshold]
    /// Why no threshold is loaded, or what to know about those that are; nil when nothing.
    public let thresholdNote: BilingualText?
    /// The part of the indicator that no sensor sees and an office must attest; nil when none.
    public let attestedPart: BilingualText?

    /// Creates an indicator.
    public init(
        code: String,
        name: SourcedName,
        evidence: EvidenceKind,
        computation: Computation,
        unit: String,
        comparison: Comparison = .atLeast,
        thresholds: [Threshold] = [],
        thresholdNote: BilingualText? = nil,
        attestedPart: BilingualText? = nil
    ) {
        self.code = code
        self.name = name
        self.evidence = evidence
        self.computation = computation
        self.unit = unit
        self.comparison = comparison
        self.thresholds = thresholds
        self.thresholdNote = thresholdNote
        self.attestedPart = attestedPart
    }

    /// The threshold for a unit on a day; nil when none is loaded.
    ///
    /// - Parameters:
    ///   - regions: the unit's regions, groups and province, the most particular first.
    ///   - date: the day that is judged.
    /// - Returns: the threshold of the first of these regions that has one in force.
    public func threshold(regions: [String], on date: CivilDate) -> Threshold? {
        for region in regions + [Threshold.everywhere] {
            // Of two that hold, the one that came into force last counts.
            let found = thresholds.filter { $0.region == region && $0.holds(on: date) }
                .max {
                    ($0.validFrom?.daysSince1970 ?? .min) < ($1.validFrom?.daysSince1970 ?? .min)
                }
            if let found { return found }
        }
        return nil
    }
}
