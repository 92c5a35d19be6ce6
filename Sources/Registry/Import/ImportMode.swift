/// What an import writes.
public enum ImportMode: Hashable, Sendable {
    /// All lines that are right, and none of the others.
    case goodLines
    /// All lines when each is right, else nothing.
    case allOrNothing
    /// Nothing: the report says what would be done.
    case dryRun
}
