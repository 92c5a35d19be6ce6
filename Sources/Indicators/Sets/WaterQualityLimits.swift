public import Telemetry

/// Limits of drinking water that online sensors can show to be broken, for a span of days.
///
/// Values inside them prove nothing: coliform, arsenic, colour and odour need a laboratory.
public struct WaterQualityLimits: Hashable, Sendable {
    /// pH that is allowed.
    public let ph: ClosedRange<Double>
    /// Highest turbidity, in NTU.
    public let turbidityNTU: Double
    /// Free chlorine that is allowed where chlorine is used, in mg/L.
    public let freeChlorineMilligramsPerLitre: ClosedRange<Double>
    /// Regulation and page they were read in.
    public let source: String
    /// How well they are known; verbatim or secondary.
    public let confidence: ConfidenceClass
    /// First day they hold.
    public let validFrom: CivilDate
    /// Last day they hold; nil while they have no end.
    public let validTo: CivilDate?

    /// Whether they are in force on a day.
    public func isInForce(on date: CivilDate) -> Bool {
        validFrom <= date && (validTo.map { date <= $0 } ?? true)
    }
}
