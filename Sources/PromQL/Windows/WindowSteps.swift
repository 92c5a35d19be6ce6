internal import Telemetry

/// The windows of a function of a range vector, one for each step of a grid.
///
/// Ends never go back, and neither do beginnings.
struct WindowSteps: Sendable {
    /// Where the window of each step ends; this time is in it.
    let ends: [Int64]
    /// How long each is; the time where it begins is not in it.
    let length: Int64
    /// The steps themselves; `offset` and `@` do not move them.
    let grid: Grid

    /// Whether a sample may lie in several of them.
    var overlap: Bool {
        ends.count > 1 && ends[1] - ends[0] < length
    }

    /// Those of some steps, of which there is at least one.
    subscript(steps: Range<Int>) -> WindowSteps {
        if steps == ends.indices { return self }
        return WindowSteps(
            ends: Array(ends[steps]),
            length: length,
            grid: Grid(start: grid[steps.lowerBound], step: grid.step, count: steps.count)
        )
    }
}
