import RingStore
import Synchronization

/// File calls between which somebody else does something, as another process may at any moment.
final class InterleavingCalls: FileCalls {
    private struct State {
        var count = 0
        var isBusy = false
    }

    private let state = Mutex(State())
    private let system = SystemFileCalls()
    private let every: Int
    private let action: @Sendable () -> Void

    /// - Parameters:
    ///   - every: The other acts before each so many reads.
    ///   - action: What the other does; its own calls are not counted.
    init(every: Int, _ action: @escaping @Sendable () -> Void) {
        self.every = every
        self.action = action
    }

    func read(
        _ descriptor: Int32,
        into memory: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) -> Int {
        let isDue = state.withLock { state in
            guard !state.isBusy else { return false }
            state.count += 1
            state.isBusy = state.count % every == 0
            return state.isBusy
        }
        if isDue {
            action()
            state.withLock { $0.isBusy = false }
        }
        // The caller keeps the memory alive for the length of this call.
        return unsafe system.read(descriptor, into: memory, at: offset)
    }
}
