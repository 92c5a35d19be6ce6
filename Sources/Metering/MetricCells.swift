internal import CoreMetrics
internal import Synchronization

/// A count that only rises.
final class CounterCell: CounterHandler {
    private let count = Atomic<Int64>(0)

    /// The count.
    var value: Double { Double(count.load(ordering: .relaxed)) }

    func increment(by amount: Int64) { count.add(amount, ordering: .relaxed) }

    func reset() { count.store(0, ordering: .relaxed) }
}

/// A value that goes up and down.
final class GaugeCell: MeterHandler, RecorderHandler {
    private let current = Mutex(0.0)

    /// The value that was set last.
    var value: Double { current.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// How many observations were how large, in seconds for a timer.
final class HistogramCell: TimerHandler, RecorderHandler {
    /// Counts of observations by bucket, the last one for those above all bounds, and their sum.
    struct Contents {
        var counts: [UInt64]
        var sum = 0.0
    }

    /// Upper bounds of the buckets, those of the clients of Prometheus and the longest that a query
    /// may take.
    ///
    /// - Source: prometheus/client_golang, `DefBuckets`.
    static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private let held = Mutex(Contents(counts: Array(repeating: 0, count: bounds.count + 1)))

    /// What was observed until now.
    var contents: Contents { held.withLock { $0 } }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let place = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        held.withLock {
            $0.counts[place] += 1
            $0.sum += value
        }
    }
}
