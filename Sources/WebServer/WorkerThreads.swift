internal import NIOPosix
internal import PromQL

/// Threads for work that holds a processor for its whole time, so that it never keeps the event
/// loops or the cooperative pool from serving.
///
/// Queries, which may take half a minute, have their own: what is short must not wait behind them.
struct WorkerThreads: Sendable {
    /// For queries.
    static let queries = WorkerThreads(count: QueryEngine.processorCount)
    /// For compressing answers and unpacking what is pushed: some milliseconds each.
    static let short = WorkerThreads(count: QueryEngine.processorCount)

    private let pool: NIOThreadPool

    /// Starts threads, which serve until the process ends.
    private init(count: Int) {
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
    }

    /// Runs something as soon as a thread is free.
    ///
    /// - Throws: what the body throws; `CancellationError` when the task ends before it is begun.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await pool.runIfActive(body)
    }
}
