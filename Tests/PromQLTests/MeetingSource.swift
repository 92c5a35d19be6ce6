import Dispatch
import Glibc
import PromQL
import Synchronization
import Telemetry

/// A source that notes which threads read it, and holds them until so many have come: a fast one
/// would else have read all before the others woke.
struct MeetingSource: SeriesSource {
    let base: MemorySeriesSource
    private let meeting: Meeting

    init(base: MemorySeriesSource, threads: Int) {
        self.base = base
        meeting = Meeting(expected: threads)
    }

    /// How many threads have read.
    var threadCount: Int { meeting.threadCount }

    func select(
        _ matchers: [LabelMatcher],
        in range: ClosedRange<Instant>
    ) -> [SeriesReference] { base.select(matchers, in: range) }

    func read(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) {
        meeting.join()
        base.read(series, in: range, into: &buffer)
    }

    func labelNames(in range: ClosedRange<Instant>) -> [String] { [] }
    func labelValues(of name: String, in range: ClosedRange<Instant>) -> [String] { [] }
}

private final class Meeting: Sendable {
    private let expected: Int
    private let threads = Mutex<Set<pthread_t>>([])
    /// Open from when all are there.
    private let gate = DispatchSemaphore(value: 0)
    /// Far longer than threads take to wake on a machine that is busy with other tests.
    private static let patience = DispatchTimeInterval.seconds(120)

    init(expected: Int) { self.expected = expected }

    var threadCount: Int { threads.withLock { $0.count } }

    /// The first to come is the caller, before any thread is woken; whoever comes later waits.
    func join() {
        let (isFirst, count) = threads.withLock { threads in
            let isFirst = threads.isEmpty || threads == [pthread_self()]
            threads.insert(pthread_self())
            return (isFirst, threads.count)
        }
        if isFirst { return }
        if count < expected { _ = gate.wait(timeout: .now() + Self.patience) }
        gate.signal()
    }
}
