internal import Telemetry

extension Evaluator {
    /// The windows of a range vector's selector; nil where they do not slide evenly.
    func slidingWindows(
        of selector: Selector,
        _ range: Milliseconds,
        _ grid: Grid
    ) -> WindowGrid? {
        let length = Grid.clamped(range.count)
        let first = moved(grid.start, by: selector.time)
        // Neither `@` nor a cut to the times that can be evaluated may stop them on the way.
        guard length > 0, moved(grid.end, by: selector.time) - first == grid.end - grid.start
        else { return nil }
        return WindowGrid(firstEnd: first, step: grid.step, count: grid.count, length: length)
    }
}
