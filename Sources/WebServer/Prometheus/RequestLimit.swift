internal import CoreMetrics
internal import Synchronization

/// How many requests of a kind are under way at once; more are refused at once, so that what they
/// hold in memory has a limit too.
final class RequestLimit: Sendable {
    private let name: String
    private let most: Int
    private let refused: Counter
    private let count = Atomic(0)

    /// Creates a limit.
    ///
    /// - Parameters:
    ///   - name: What is limited, in the plural.
    ///   - most: Most of them at once.
    ///   - refused: Counts the others.
    init(_ name: String, most: Int, refused: Counter) {
        self.name = name
        self.most = most
        self.refused = refused
    }

    /// Does something, unless too many do already.
    ///
    /// - Throws: what the body throws; ``APIError`` of kind unavailable above the limit.
    func run<Value>(
        _ body: () async throws -> Value
    ) async throws -> Value {
        let before = count.add(1, ordering: .relaxed).oldValue
        defer { count.subtract(1, ordering: .relaxed) }
        guard before < most else {
            refused.increment()
            throw APIError(
                .unavailable,
                "\(most) \(name) are under way, which is the limit; try again in a moment"
            )
        }
        return try await body()
    }
}
