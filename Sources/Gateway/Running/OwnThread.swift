internal import Foundation

/// Runs what waits or computes for long on a thread of its own, so that the shared ones stay free.
enum OwnThread {
    /// Runs a body and gives its result back.
    static func run<Result: Sendable, Failure: Error>(
        _ body: sending @escaping () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let box = Body(body)
        let result: Swift.Result<Result, Failure> = await withCheckedContinuation { continuation in
            let thread = Thread {
                continuation.resume(returning: box.run())
            }
            // PromQL's parser and evaluator go down one call for each level of an expression.
            thread.stackSize = 8 << 20
            thread.start()
        }
        return try result.get()
    }

    /// Carries a closure to the one thread that runs it.
    private final class Body<Result: Sendable, Failure: Error>: @unchecked Sendable {
        // Unchecked: made here, run once on the new thread, never touched otherwise.
        private let body: () throws(Failure) -> Result

        init(_ body: @escaping () throws(Failure) -> Result) { self.body = body }

        func run() -> Swift.Result<Result, Failure> {
            do throws(Failure) {
                return .success(try body())
            } catch {
                return .failure(error)
            }
        }
    }
}
