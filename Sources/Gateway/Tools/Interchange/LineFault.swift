internal import Telemetry

/// What is wrong in a line: where and what.
struct LineFault: Error, Hashable {
    /// Column from 1: of the byte, or in CSV of the field.
    let column: Int
    /// What is wrong and what would be right.
    let message: String

    init(_ column: Int, _ message: String) {
        self.column = column
        self.message = message
    }
}

extension Instant {
    /// Refuses a time after another, with what is likely the reason.
    func require(notAfter latest: Instant, column: Int) throws(LineFault) {
        guard self > latest else { return }
        throw LineFault(
            column,
            "the time \(self) is more than a day after now; check its unit, and the clock here"
        )
    }
}
