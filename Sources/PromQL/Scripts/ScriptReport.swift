/// What came of running a `.test` file.
public struct ScriptReport: Sendable {
    /// One statement that did not give what the file says.
    public struct Failure: Sendable, CustomStringConvertible {
        /// Name of the file.
        public let file: String
        /// Line of the statement, from 1.
        public let line: Int
        /// What was expected and what came.
        public let message: String

        /// File, line and message.
        public var description: String { "\(file):\(line): \(message)" }
    }

    /// How many statements gave what the file says.
    public var passed = 0
    /// Those that did not.
    public var failures: [Failure] = []

    /// Creates an empty report.
    public init() {}
}
