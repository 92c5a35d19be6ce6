internal import Synchronization
internal import Telemetry

/// The last samples of series of which none has come since the store was opened, as far as they
/// have been read from the disk.
///
/// Snapshots share it with the writer, who begins another one when a sample comes that may belong
/// among those that are known here: what a snapshot notes is true for all that have the same.
final class OpenedLatest: Sendable {
    /// Most samples that are kept of a series: the last minutes of most.
    static let tailCount = 8

    /// The samples of a series from a time on.
    struct Tail: Sendable {
        /// There are no other samples at or after it.
        let from: Int64
        let samples: [Sample]

        /// Keeps the end of all samples from a time on.
        init(_ buffer: borrowing SampleBuffer, from: Int64) {
            let first = max(0, buffer.count - OpenedLatest.tailCount)
            samples = (first..<buffer.count).map { buffer[$0] }
            self.from = first > 0 ? buffer.times[first] : from
        }

        /// The last sample in a range of times, both ends included; nil when it is not known.
        func last(in range: ClosedRange<Int64>) -> Sample?? {
            let found = samples.last { $0.time.milliseconds <= range.upperBound }
            if let found, found.time.milliseconds >= range.lowerBound { return .some(found) }
            return from <= range.lowerBound ? .some(nil) : nil
        }
    }

    private let tails = Mutex<[UInt32: Tail]>([:])

    /// What is known of a series.
    subscript(number: UInt32) -> Tail? { tails.withLock { $0[number] } }

    /// Notes the last samples of a series.
    func note(_ number: UInt32, _ tail: Tail) {
        tails.withLock { $0[number] = tail }
    }
}
