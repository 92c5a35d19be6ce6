internal import CoreMetrics
internal import Synchronization

/// How much of something is under way at once, be it requests or their bytes; more is refused at
/// once, so that what they hold in memory has a limit too.
final class RequestLimit: Sendable {
    private let name: String
    private let most: Int
    private let refused: Counter
    private let taken = Atomic(0)

    /// Creates a limit.
    ///
    /// - Parameters:
    ///   - name: What is limited, in the plural.
    ///   - most: Most of them at once.
    ///   - refused: Counts the requests that would be too much.
    init(_ name: String, most: Int, refused: Counter) {
        self.name = name
        self.most = most
        self.refused = refused
    }

    /// Does something, unless that would be too much.
    ///
    /// - Throws: what the body throws; ``APIError`` of kind unavailable above the limit.
    func run<Value>(
        _ amount: Int = 1,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let before = taken.add(amount, ordering: .relaxed).oldValue
        defer { taken.subtract(amount, ordering: .relaxed) }
        guard before + amount <= most else {
            refused.increment()
            throw APIError(
                .unavailable,
                "\(before) \(name) are under way and the limit is \(most); try again in a moment"
            )
        }
        return try await body()
    }
}
