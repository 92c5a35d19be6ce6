internal import Synchronization
internal import Telemetry

/// Last samples that were read from the disk because none has come since the store was opened.
///
/// Snapshots share it with the writer, who begins another one when a sample comes that may have
/// taken the place of one that is known here: what a snapshot notes is true for all that have the
/// same.
final class OpenedLatest: Sendable {
    private let known = Mutex<[UInt32: Sample]>([:])

    /// The last sample of a series, if it has been read.
    subscript(number: UInt32) -> Sample? { known.withLock { $0[number] } }

    /// Notes the last sample of a series.
    func note(_ number: UInt32, _ sample: Sample) {
        known.withLock { $0[number] = sample }
    }
}
