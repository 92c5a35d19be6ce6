/// Why a query gave no answer.
public struct QueryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, as the Prometheus HTTP API sorts it.
    public enum Kind: String, CaseIterable, Sendable {
        /// The text is not PromQL, or its types do not fit.
        case parse
        /// The data does not allow the evaluation, such as two series that match one.
        case execution
        /// A limit would be exceeded; ``QueryError/limit`` says which.
        case limit
        /// The time allowed is over.
        case timeout
        /// Samples could not be read.
        case storage
        /// Whoever asked has gone.
        case canceled
    }

    /// A place in a text as Prometheus counts it.
    public struct Place: Hashable, Sendable, CustomStringConvertible {
        /// Lines from 1.
        public let line: Int
        /// Bytes of UTF-8 within the line, from 1.
        public let column: Int

        /// The place of a byte of a text, counted from 0.
        init(_ position: Int, in text: String) {
            var (line, column) = (1, 1)
            for byte in text.utf8.prefix(position) {
                column += 1
                if byte == UInt8(ascii: "\n") { (line, column) = (line + 1, 1) }
            }
            self.line = line
            self.column = column
        }

        /// Line and column as `1:5`.
        public var description: String { "\(line):\(column)" }
    }

    /// What went wrong.
    public let kind: Kind
    /// What was attempted, why it failed, and what to do.
    public let message: String
    /// The limit that is or would be exceeded, time among them; nil when it is about none.
    public let limit: QueryLimit?
    /// Where in the text, as an offset in UTF-8 bytes; nil when it is about no place.
    public let position: Int?
    /// The position as line and column; nil when it is about no place or the text is not known.
    public private(set) var place: Place?

    /// Creates an error.
    public init(_ kind: Kind, _ message: String, position: Int? = nil) {
        self.kind = kind
        self.message = message
        self.position = position
        limit = nil
    }

    /// Creates an error about a limit that is or would be exceeded: of kind timeout for time, of
    /// kind limit for all else.
    public init(exceeds limit: QueryLimit, _ message: String, position: Int? = nil) {
        kind = limit == .time ? .timeout : .limit
        self.message = message
        self.position = position
        self.limit = limit
    }

    /// Place and message, for a text that cannot be parsed as Prometheus writes it:
    /// `1:5: parse error: …`.
    public var description: String {
        guard let place else { return message }
        return kind == .parse ? "\(place): parse error: \(message)" : "\(place): \(message)"
    }

    /// The error with its place, as far as it has a position, in the text it is about: evaluation
    /// knows positions, and no text.
    public func placed(in text: String) -> QueryError {
        guard let position else { return self }
        var error = self
        error.place = Place(position, in: text)
        return error
    }
}
