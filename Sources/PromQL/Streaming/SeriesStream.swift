internal import Synchronization
internal import Telemetry

/// Lends the series of a chain one after the other, worked on by several threads where that pays.
///
/// The first ones are worked on by the caller alone. When what they cost says that the others will
/// cost more than waking threads does, these are taken in rounds: a round's series are shared out
/// among the threads, and lent in their order when all are there. So answers do not depend on the
/// number of threads, and no more than a round's series are held at once.
struct SeriesStream {
    /// Samples and steps that are worth waking threads for: about a millisecond of one of them.
    static let worthwhileWork = 100_000
    /// Values of a round, about a megabyte.
    static let valuesPerRound = 1 << 17
    /// What a series takes besides its values, as if these were more of them.
    static let valuesPerSeries = 16

    private let chain: SeriesChain
    private let references: [SeriesReference]
    private let engine: QueryEngine

    init(_ chain: SeriesChain, _ references: [SeriesReference], _ engine: QueryEngine) {
        self.chain = chain
        self.references = references
        self.engine = engine
    }

    /// Lends each series that has a value at any step.
    ///
    /// - Throws: ``QueryError`` of kind limit, storage, canceled or timeout, and those of the body.
    func forEach(
        _ source: any SeriesSource,
        _ budget: QueryBudget,
        _ report: inout QueryReport,
        _ body: (GridSeries) throws(QueryError) -> Void
    ) throws(QueryError) {
        var work = SeriesWork(source, budget, notice: chain.notice)
        defer { report.add(work.report) }
        var next = 0
        while next < references.count, !isWorthwhile(work, after: next) {
            if let series = try chain.series(of: references[next], &work) { try body(series) }
            next += 1
        }
        guard next < references.count else { return }
        let threads = (0..<engine.parallelism).map { _ in
            Worker(SeriesWork(source, budget, notice: chain.notice))
        }
        defer { for thread in threads { report.add(thread.report) } }
        let size = max(1, Self.valuesPerRound / (chain.stepCount + Self.valuesPerSeries))
        while next < references.count {
            let round = Round(chain, references[next..<min(next + size, references.count)])
            for series in try round.run(threads, engine.perform) { try body(series) }
            next += size
        }
    }

    /// Whether what is left is worth waking threads for, as the first series went.
    private func isWorthwhile(_ work: SeriesWork, after count: Int) -> Bool {
        guard engine.parallelism > 1, count > 0, references.count - count > 1 else { return false }
        let each = Double(work.report.readCount) / Double(count) + Double(chain.stepCount)
        return each * Double(references.count - count) >= Double(Self.worthwhileWork)
    }

    /// One thread's work arrays; a thread holds the lock while it works on a round.
    private final class Worker: Sendable {
        let work: Mutex<SeriesWork>

        init(_ work: SeriesWork) { self.work = Mutex(work) }

        var report: QueryReport { work.withLock { $0.report } }
    }

    /// Series that are worked on at once.
    private final class Round: Sendable {
        private let chain: SeriesChain
        private let references: ArraySlice<SeriesReference>
        /// The place after the last one that a thread has taken.
        private let taken: Atomic<Int>
        private let hasFailed = Atomic(false)
        private let outcomes: Mutex<[Result<GridSeries?, QueryError>?]>

        init(_ chain: SeriesChain, _ references: ArraySlice<SeriesReference>) {
            self.chain = chain
            self.references = references
            taken = Atomic(references.startIndex)
            outcomes = Mutex(Array(repeating: nil, count: references.count))
        }

        /// Shares the series out.
        ///
        /// - Throws: the error of the first series in order that has one: those before it are all
        ///   taken before it is.
        func run(
            _ threads: [Worker],
            _ perform: (Int, @escaping @Sendable (Int) -> Void) -> Void
        ) throws(QueryError) -> [GridSeries] {
            perform(threads.count) { thread in threads[thread].work.withLock { self.work(&$0) } }
            var output: [GridSeries] = []
            for outcome in outcomes.withLock({ $0 }) {
                if let series = try outcome?.get() { output.append(series) }
            }
            return output
        }

        private func work(_ work: inout SeriesWork) {
            while !hasFailed.load(ordering: .relaxed) {
                let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < references.endIndex else { return }
                let outcome: Result<GridSeries?, QueryError>
                do throws(QueryError) {
                    outcome = .success(try chain.series(of: references[index], &work))
                } catch {
                    outcome = .failure(error)
                    hasFailed.store(true, ordering: .relaxed)
                }
                outcomes.withLock { $0[index - references.startIndex] = outcome }
            }
        }
    }
}
