public import Telemetry

/// Why indicators cannot be judged at all.
///
/// What only keeps one indicator from being computed is no error: it is said in its verdict.
public enum IndicatorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The facts hold no unit and no village of that code.
    case unknownUnit(code: String)
    /// The unit has no village on that day: it was not formed yet, or was merged into another.
    case unitWithoutVillages(code: String, date: CivilDate)
    /// The evaluation was ended before it came to its end.
    case interrupted(unit: String)
    /// A criteria set that comes with the gateway was not installed.
    case missingResource(name: String)

    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .unknownUnit(let code):
            "cannot judge indicators of unit '\(code)': the registry has no such unit; "
                + "import it or correct its code"
        case .unitWithoutVillages(let code, let date):
            "cannot judge indicators of unit '\(code)': no village belongs to it on \(date); "
                + "choose the unit that existed then, or import its memberships"
        case .interrupted(let code):
            "cannot judge indicators of unit '\(code)': it was told to end"
        case .missingResource(let name):
            "cannot read the criteria set '\(name)': it was not installed beside the program; "
                + "install the program with its resource bundles"
        }
    }
}
