/// Why a command is not given: what is wrong, and what to do.
public struct CommandRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong; one at least.
    public let notes: [CommandNote]

    /// All sentences.
    public var description: String { notes.map(\.words).joined(separator: "; ") }

    /// Creates a refusal for one reason.
    public init(_ note: CommandNote) { notes = [note] }

    /// Creates a refusal for several reasons, one at least.
    public init(_ notes: [CommandNote]) { self.notes = notes }
}
