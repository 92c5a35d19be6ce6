import Hummingbird
import Synchronization

/// Notes what is posted to it; refuses the first posts.
final class Webhook: Sendable {
    let posts = Mutex<[String]>([])
    private let refusals: Mutex<Int>

    init(refusals: Int = 0) { self.refusals = Mutex(refusals) }

    /// Serves `/hook`, and below it what an Alertmanager serves, on a free port of the loopback
    /// until the task is cancelled, by an executor or by that of all tests.
    func serve(
        on executor: (any TaskExecutor)? = nil
    ) async throws -> (port: Int, task: Task<Void, any Error>) {
        let router = Router()
        for path in ["hook", "hook/api/v2/alerts"] {
            router.post(RouterPath(path)) { request, _ -> HTTPResponse.Status in
                let body = try await request.body.collect(upTo: 1 << 20)
                let isRefused = self.refusals.withLock { left in
                    defer { left -= 1 }
                    return left > 0
                }
                if isRefused { return .serviceUnavailable }
                self.posts.withLock { $0.append(String(buffer: body)) }
                return .ok
            }
        }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }
        )
        let task = Task(executorPreference: executor) { try await application.run() }
        return (await ports.first { _ in true } ?? 0, task)
    }
}
