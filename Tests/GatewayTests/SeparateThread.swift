import Dispatch
import Testing

/// Gives a test a thread of its own, so that it runs beside the tests that fill the processors.
///
/// Those share two threads, and what awaits there goes on when all that wait have had their turn,
/// minutes later. For tests that mostly wait for programs which they started.
struct SeparateThread: TestTrait, SuiteTrait, TestScoping {
    private final class Executor: TaskExecutor {
        private let queue = DispatchQueue(label: "langso.tests.separate-thread")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private static let executor = Executor()

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await withTaskExecutorPreference(Self.executor) { try await function() }
    }

    /// Where a test with this trait starts tasks of its own.
    static var preference: any TaskExecutor { executor }
}

extension Trait where Self == SeparateThread {
    /// The test runs on a thread of its own.
    static var separateThread: Self { Self() }
}
