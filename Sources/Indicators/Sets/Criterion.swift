/// A criterion of a set: met when all its indicators are.
public struct Criterion: Hashable, Sendable {
    /// Its number in the set, as `17`.
    public let number: String
    /// Its name and how well that is known.
    public let name: SourcedName
    /// The indicators that are listed, in the order of the set.
    public let indicators: [Indicator]
    /// Whether ``indicators`` are all that the decision has; when not, it cannot be found met.
    public let isComplete: Bool

    /// Creates a criterion.
    public init(number: String, name: SourcedName, indicators: [Indicator], isComplete: Bool) {
        self.number = number
        self.name = name
        self.indicators = indicators
        self.isComplete = isComplete
    }
}
