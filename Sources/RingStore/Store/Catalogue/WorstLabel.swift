/// The label that makes the most series: the name that has the most different values.
///
/// When a store has too many series, this is where to look: for values that never repeat, as a
/// number of a message or a time would be.
public struct WorstLabel: Hashable, Sendable {
    /// The label's name.
    public let name: String
    /// How many different values it has, at least 1.
    public let valueCount: Int
}
