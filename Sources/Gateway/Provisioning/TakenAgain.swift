internal import Ingest

/// What came of the last takings of messages that changes of devices moved: a change whose boxes
/// were taken in the turn of another one finds its own there.
struct TakenAgain: Sendable {
    private struct Taking: Sendable {
        let number: Int
        let boxes: Set<String>
        let report: RetakingReport
    }

    /// Most takings that are remembered: those of as many changes as may wait.
    static let capacity = GatewayRuntime.mostChanges

    /// How many have begun.
    private(set) var began = 0
    /// The last ones, the newest last.
    private var takings: [Taking] = []

    /// Counts one that begins; its number.
    mutating func begin() -> Int {
        began += 1
        return began
    }

    /// Notes what came of one.
    mutating func note(_ number: Int, _ boxes: Set<String>, _ report: RetakingReport) {
        if takings.count >= Self.capacity { takings.removeFirst() }
        takings.append(Taking(number: number, boxes: boxes, report: report))
    }

    /// What came of the newest one that took some boxes and began after another; nil where none is
    /// remembered, or there are no boxes.
    func report(of boxes: Set<String>, after number: Int) -> RetakingReport? {
        guard !boxes.isEmpty else { return nil }
        return takings.last { $0.number > number && boxes.isSubset(of: $0.boxes) }?.report
    }
}
