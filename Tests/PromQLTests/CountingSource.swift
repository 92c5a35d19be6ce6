import PromQL
import Synchronization
import Telemetry

/// A source that counts what is read of it.
struct CountingSource: SeriesSource {
    /// What was read.
    struct Reads {
        /// How many times samples were asked for.
        var count = 0
        /// How many samples were given, one counted each time.
        var samples = 0
        /// The most that were given at once.
        var largest = 0
    }

    let base: MemorySeriesSource
    private let log = Log()

    private final class Log: Sendable {
        let reads = Mutex(Reads())
    }

    init(base: MemorySeriesSource) { self.base = base }

    /// What was read so far.
    var reads: Reads { log.reads.withLock { $0 } }

    func select(
        _ matchers: [LabelMatcher],
        in range: ClosedRange<Instant>
    ) -> [SeriesReference] { base.select(matchers, in: range) }

    func read(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) {
        base.read(series, in: range, into: &buffer)
        log.reads.withLock { reads in
            reads.count += 1
            reads.samples += buffer.count
            reads.largest = max(reads.largest, buffer.count)
        }
    }

    func last(_ series: SeriesID, in range: ClosedRange<Instant>) -> Sample? {
        log.reads.withLock { reads in
            reads.count += 1
            reads.samples += 1
            reads.largest = max(reads.largest, 1)
        }
        return base.last(series, in: range)
    }

    func labelNames(in range: ClosedRange<Instant>) -> [String] { [] }
    func labelValues(of name: String, in range: ClosedRange<Instant>) -> [String] { [] }
}
