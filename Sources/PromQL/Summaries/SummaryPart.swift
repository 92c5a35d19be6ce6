internal import Telemetry

/// A ``WindowPart`` that can be told from a summary.
protocol SummaryPart: WindowPart {
    /// What there is to know of one piece.
    init(_ pieces: borrowing SummaryBuffer, _ index: Int)
}
