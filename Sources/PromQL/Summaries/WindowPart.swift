internal import Telemetry

/// What a function has to know of neighbouring pieces of a series to give its value over a window.
///
/// Taking in is associative: `a + (b + c)` says the same as `(a + b) + c`, up to rounding.
protocol WindowPart {
    /// What there is to know of one piece.
    init(_ pieces: borrowing SummaryBuffer, _ index: Int)

    /// Takes in the pieces that follow.
    mutating func append(_ next: Self)
}
