/// What may be too much of a query; each has an error of its own, and its name counts in metrics.
public enum QueryLimit: String, CaseIterable, Sendable {
    /// Bytes of the text, ``PromQLParser/maximumTextBytes``.
    case text
    /// Levels of nesting, ``PromQLParser/maximumDepth``.
    case depth
    /// Binary operators, ``PromQLParser/maximumOperators``.
    case operators
    /// Work of a regular expression for a label's value.
    case pattern
    /// Steps of a range query, ``QueryLimits/maximumSteps``.
    case steps
    /// Samples read, ``QueryLimits/maximumSamples``.
    case samples
    /// Series that a selector finds, ``QueryLimits/maximumSeries``.
    case series
    /// Values that a part of the query or its result holds, ``QueryLimits/maximumPoints``.
    case points
    /// Time, ``QueryLimits/timeout``.
    case time
}
