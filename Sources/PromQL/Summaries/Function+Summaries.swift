internal import Telemetry

extension Function {
    /// What the function has to know of summaries; nil for one that needs each sample.
    var summaryFields: SummaryFields? {
        switch self {
        case .countOverTime, .presentOverTime: .count
        // The count tells whether the samples themselves are all still there.
        case .sumOverTime, .averageOverTime: [.count, .sum]
        case .minimumOverTime: .minimum
        case .maximumOverTime: .maximum
        case .firstOverTime: .first
        case .lastOverTime: .last
        case .delta: [.count, .first, .last]
        case .rate, .increase: [.count, .first, .last, .resets]
        default: nil
        }
    }

    /// Whether values are added up, so that rounding or overflow depend on the order.
    var addsUp: Bool {
        switch self {
        case .sumOverTime, .averageOverTime, .delta, .rate, .increase: true
        default: false
        }
    }

    /// The function's value over each window that pieces lie in.
    ///
    /// - Precondition: ``summaryFields`` is not nil, and the pieces have those.
    func column(of windows: WindowGrid, over pieces: borrowing SummaryBuffer) -> Column {
        switch self {
        case .countOverTime:
            column(windows, pieces) { (part: CountPart, _, _) in Double(part.count) }
        case .presentOverTime: column(windows, pieces) { (_: CountPart, _, _) in 1 }
        case .sumOverTime: column(windows, pieces) { (part: SumPart, _, _) in part.sum.value }
        case .averageOverTime:
            column(windows, pieces) { (part: SumPart, _, _) in
                part.sum.mean(of: Double(part.count))
            }
        case .minimumOverTime:
            column(windows, pieces) { (part: MinimumPart, _, _) in part.minimum }
        case .maximumOverTime:
            column(windows, pieces) { (part: MaximumPart, _, _) in part.maximum }
        case .firstOverTime: column(windows, pieces) { (part: FirstPart, _, _) in part.first }
        case .lastOverTime: column(windows, pieces) { (part: LastPart, _, _) in part.last }
        case .rate: change(.rate, windows, pieces)
        case .increase: change(.increase, windows, pieces)
        case .delta: change(.delta, windows, pieces)
        default: preconditionFailure("\(rawValue) needs each sample")
        }
    }

    private func change(
        _ kind: Change.Kind,
        _ windows: WindowGrid,
        _ pieces: borrowing SummaryBuffer
    ) -> Column {
        column(windows, pieces) { (part: ChangePart, start, end) in
            part.change(isCounter: kind.isCounter).extrapolated(from: start, to: end, kind)
        }
    }

    private func column<Part: SummaryPart>(
        _ windows: WindowGrid,
        _ pieces: borrowing SummaryBuffer,
        _ value: (Part, Int64, Int64) -> Double?
    ) -> Column {
        var window = SlidingWindow<Part>(over: pieces)
        let stored = [Double](capacity: windows.count) { output in
            var end = windows.firstEnd
            while !output.isFull {
                let start = end - windows.length
                let part = window.move(after: start, to: end)
                output.append(part.flatMap { value($0, start, end) } ?? Column.missing)
                end += windows.step
            }
        }
        return Column(stored)
    }
}
