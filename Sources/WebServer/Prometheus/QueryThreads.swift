internal import CoreMetrics

/// Where queries run, and how many of them run or wait at once.
struct QueryThreads: Sendable {
    /// Most queries that run or wait at once; a dashboard opens 10 to 30.
    static let mostQueries = 200

    private let limit: RequestLimit

    init(_ metrics: WebMetrics, mostQueries: Int = QueryThreads.mostQueries) {
        limit = RequestLimit(
            "queries",
            most: mostQueries,
            refused: metrics.refusedRequests("queries")
        )
    }

    /// Runs something on a thread of the pool, as soon as one is free.
    ///
    /// - Throws: what the body throws; ``APIError`` of kind unavailable when too many wait.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await limit.run { try await WorkerThreads.queries.run(body) }
    }
}
