internal import CoreMetrics
internal import Synchronization

/// Room for the bodies of requests of a kind; what would need more is refused at once.
final class ByteRoom: Sendable {
    private let name: String
    private let most: Int
    private let refused: Counter
    private let taken = Atomic(0)

    /// Creates room.
    ///
    /// - Parameters:
    ///   - name: Whose bodies they are, in the plural.
    ///   - most: Most bytes at once.
    ///   - refused: Counts the requests that found none.
    init(_ name: String, most: Int, refused: Counter) {
        self.name = name
        self.most = most
        self.refused = refused
    }

    /// Does something that holds so many bytes.
    ///
    /// - Throws: what the body throws; ``APIError`` of kind unavailable when there is no room.
    func run<Value>(bytes: Int, _ body: () async throws -> Value) async throws -> Value {
        let before = taken.add(bytes, ordering: .relaxed).oldValue
        defer { taken.subtract(bytes, ordering: .relaxed) }
        guard before + bytes <= most else {
            refused.increment()
            throw APIError(
                .unavailable,
                "\(name) hold \(before) bytes of the \(most) that they may; try again in a moment"
            )
        }
        return try await body()
    }
}
