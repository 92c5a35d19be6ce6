internal import Synchronization
internal import WebServer

/// Hands changes to every open page; one that does not read keeps nobody waiting.
final class EventHub: Sendable {
    private struct State {
        var readers: [Int: AsyncStream<GatewayEvent>.Continuation] = [:]
        var nextID = 0
    }

    private let state = Mutex(State())

    /// Changes that wait for a slow reader; older ones give way, because a page asks for the newest
    /// state anyway.
    static let bufferedEvents = 16
    /// Most pages that are told of changes at once.
    static let maximumReaders = 200

    /// A line for each change from now on, until the reader goes.
    func events() -> AsyncStream<GatewayEvent> {
        let (stream, continuation) = AsyncStream<GatewayEvent>.makeStream(
            bufferingPolicy: .bufferingNewest(Self.bufferedEvents)
        )
        let id: Int? = state.withLock { state in
            guard state.readers.count < Self.maximumReaders else { return nil }
            state.nextID += 1
            state.readers[state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.readers.removeValue(forKey: id) }
        }
        return stream
    }

    /// Tells every page of a change.
    func send(_ name: String, json: String = "{}") {
        let readers = state.withLock { Array($0.readers.values) }
        let event = GatewayEvent(name: name, json: json)
        for reader in readers { reader.yield(event) }
    }

    /// Ends every stream.
    func finish() {
        let readers = state.withLock { Array($0.readers.values) }
        for reader in readers { reader.finish() }
    }
}
