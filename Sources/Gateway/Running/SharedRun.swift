internal import Synchronization

/// Work that is done once for all who ask for the same meanwhile.
final class SharedRun<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let running = Mutex<[Key: Task<Value, any Error>]>([:])

    /// The run of a key that is on, else one that begins now; it goes on when whoever asked has
    /// gone.
    func run(
        for key: Key,
        _ work: @escaping @Sendable () async throws -> Value
    ) -> Task<Value, any Error> {
        running.withLock { running in
            if let task = running[key] { return task }
            let task = Task { [self] () async throws -> Value in
                defer { self.running.withLock { $0[key] = nil } }
                return try await work()
            }
            running[key] = task
            return task
        }
    }
}
