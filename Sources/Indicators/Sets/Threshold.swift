public import Telemetry

/// What an indicator must reach in one region or class of communes, and who says so.
///
/// Only numbers that were read in a source are held; an indicator without threshold for a unit
/// gives no verdict.
public struct Threshold: Hashable, Sendable {
    /// What must be reached.
    public enum Requirement: Hashable, Sendable {
        /// A number in the indicator's unit.
        case number(Double)
        /// The finding *đạt* of the competent office.
        case attested
    }

    /// The region that a threshold for every unit carries.
    public static let everywhere = "all"

    /// Region, commune group, province or unit it holds for; ``everywhere`` for all.
    public let region: String
    /// What must be reached.
    public let requirement: Requirement
    /// How well it is known; verbatim or secondary.
    public let confidence: ConfidenceClass
    /// Decision or page it was read in.
    public let source: String
    /// First day it holds; nil when it holds as long as its set.
    public let validFrom: CivilDate?
    /// Last day it holds; nil when it holds as long as its set.
    public let validTo: CivilDate?

    /// Creates a threshold; nil when nobody was read for it.
    public init?(
        region: String = Threshold.everywhere,
        requirement: Requirement,
        confidence: ConfidenceClass,
        source: String,
        validFrom: CivilDate? = nil,
        validTo: CivilDate? = nil
    ) {
        guard confidence.isVerified else { return nil }
        self.region = region
        self.requirement = requirement
        self.confidence = confidence
        self.source = source
        self.validFrom = validFrom
        self.validTo = validTo
    }

    /// Whether it holds on a day.
    public func holds(on date: CivilDate) -> Bool {
        (validFrom.map { $0 <= date } ?? true) && (validTo.map { date <= $0 } ?? true)
    }
}
