/// Why a command is not given: what is wrong, and what to do.
public struct CommandRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// Creates a refusal.
    public init(_ description: String) { self.description = description }
}
