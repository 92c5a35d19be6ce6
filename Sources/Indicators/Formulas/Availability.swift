/// For how much of an expected time something was on, from points of a grid.
struct Availability: Hashable, Sendable {
    /// Points at which it was on.
    var on: Double
    /// Points at which its state is known.
    var valid: Double
    /// Points at which it should have been on.
    var expected: Double

    /// Share of the expected time that is known, 0 to 1.
    var coverage: Double { expected > 0 ? min(max(valid / expected, 0), 1) : 0 }

    /// Whether it was on for a share of the expected time.
    ///
    /// What the unknown points cannot change is certain at any coverage. Else the known points
    /// speak for the unknown ones, if there are enough of them.
    func finding(atLeast share: Double, coverage minimum: Double) -> Finding {
        guard expected > 0, valid > 0 else { return .unknown }
        let unknown = max(expected - valid, 0)
        let points = max(expected, valid)
        if on / points >= share { return .good }
        if (on + unknown) / points < share { return .bad }
        guard coverage >= minimum else { return .unknown }
        return on / valid >= share ? .good : .bad
    }
}
