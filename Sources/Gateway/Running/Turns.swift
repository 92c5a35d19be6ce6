internal import Synchronization

/// Does one thing after the other, in the order in which they were asked for.
final class Turns: Sendable {
    private struct Queue {
        var last: Task<Void, Never>?
        var count = 0
    }

    private let queue = Mutex(Queue())
    /// Most that wait or run.
    let limit: Int

    /// - Parameter limit: most that wait or run; more are refused.
    init(limit: Int) { self.limit = limit }

    /// Does work as soon as all that came before is done, even if whoever asked has gone.
    ///
    /// - Returns: the work on its way; nil when too much waits already.
    func take<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) -> Task<Value, any Error>? {
        queue.withLock { queue in
            guard queue.count < limit else { return nil }
            return enqueue(work, &queue)
        }
    }

    /// Does work in its turn, however much waits: for callers each of which waits for its work, so
    /// that there are never more than callers.
    func takeAlways<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await queue.withLock { enqueue(work, &$0) }.value
    }

    private func enqueue<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value,
        _ queue: inout Queue
    ) -> Task<Value, any Error> {
        queue.count += 1
        let before = queue.last
        let task = Task { [self] () async throws -> Value in
            await before?.value
            defer { self.queue.withLock { $0.count -= 1 } }
            return try await work()
        }
        queue.last = Task { _ = await task.result }
        return task
    }
}
