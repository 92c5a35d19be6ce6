/// What a function has to know of neighbouring pieces of a series to give its value over a window.
///
/// Taking in is associative: `a + (b + c)` says the same as `(a + b) + c`, up to rounding.
protocol WindowPart {
    /// Takes in the pieces that follow.
    mutating func append(_ next: Self)
}
