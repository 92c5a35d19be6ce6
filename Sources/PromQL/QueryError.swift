/// Why a query gave no answer.
public struct QueryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, as the Prometheus HTTP API sorts it.
    public enum Kind: String, Hashable, Sendable {
        /// The text is not PromQL, or its types do not fit.
        case parse
        /// The data does not allow the evaluation, such as two series that match one.
        case execution
        /// A named limit of ``QueryLimits`` would be exceeded.
        case limit
        /// The time allowed is over.
        case timeout
        /// Samples could not be read.
        case storage
        /// Whoever asked has gone.
        case canceled
    }

    /// What went wrong.
    public let kind: Kind
    /// What was attempted, why it failed, and what to do.
    public let message: String
    /// Where in the text, as an offset in UTF-8 bytes; nil when it is about no place.
    public let position: Int?

    /// Creates an error.
    public init(_ kind: Kind, _ message: String, position: Int? = nil) {
        self.kind = kind
        self.message = message
        self.position = position
    }

    /// Message and place.
    public var description: String {
        position.map { "\(message) (at character \($0 + 1))" } ?? message
    }
}
