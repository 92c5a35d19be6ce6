internal import NIOPosix

/// Where queries run: they hold a processor for their whole time, so they have threads of their own
/// and never keep the event loops or the cooperative pool from serving pages.
struct QueryThreads: Sendable {
    /// Most queries that run or wait at once; a dashboard opens 10 to 30.
    static let mostQueries = 200

    private let pool = NIOThreadPool.singleton
    private let limit: RequestLimit

    init(mostQueries: Int = QueryThreads.mostQueries) {
        limit = RequestLimit("queries", most: mostQueries)
    }

    /// Runs something on a thread of the pool, as soon as one is free.
    ///
    /// - Throws: what the body throws; ``APIError`` of kind unavailable when too many wait.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await limit.run { try await pool.runIfActive(body) }
    }
}
