/// What can go wrong besides faults in files of operators.
public enum ReplayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file that comes with the program was not installed; install the program again.
    case missingResource(name: String)

    /// The error as a message for operators.
    public var description: String {
        switch self {
        case .missingResource(let name):
            "cannot read \(name), which comes with the program: it was not installed"
        }
    }
}
