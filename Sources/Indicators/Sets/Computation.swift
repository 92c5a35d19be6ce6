/// How an indicator's value is found.
public enum Computation: Hashable, Sendable {
    /// F1: share of road length that is lit at night.
    case litShare(LitShareParameters)
    /// F2: litres of water a person and day.
    case litres(LitresParameters)
    /// F6: share of households on central clean water, with the sensors' veto.
    case cleanWater(CleanWaterParameters)
    /// F7: share of public points that answered often enough.
    case uptime(UptimeParameters)
    /// Queries of the set's own for numerator, denominator and coverage.
    case expression(ExpressionParameters)
    /// A numerator over a denominator that an office counted.
    case count(CountParameters)
    /// A finding of the competent office, by the key under which it is registered.
    case attestation(key: String)

    /// Name of the formula as the catalogue has it, as `F1`.
    public var formulaName: String {
        switch self {
        case .litShare: "F1"
        case .litres: "F2"
        case .cleanWater: "F6"
        case .uptime: "F7"
        case .expression: "expression"
        case .count: "count"
        case .attestation: "attestation"
        }
    }
}
