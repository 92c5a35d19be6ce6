internal import Foundation
internal import RingStore
internal import Telemetry

/// Samples that the gateway knows by itself, on their way to the thread that writes the journal.
///
/// Rule results and the gateway's own figures are journalled like messages, so that everything in
/// the store can be made again from the journal. Any thread puts; the intake thread takes.
final class OwnSamples: @unchecked Sendable {
    // Unchecked: everything is read and written under the condition's lock.
    private let condition = NSCondition()
    private var payloads: [[UInt8]] = []
    private var isClosed = false

    /// Most records that wait; whoever brings more waits until the intake has taken some.
    static let capacity = 256
    /// Samples of one record: at some 200 bytes each they stay far below the record's limit.
    static let samplesPerRecord = 500

    /// Puts samples; waits while too many records are under way.
    ///
    /// - Parameters:
    ///   - samples: in the order in which they shall be stored.
    ///   - wake: wakes the intake thread.
    /// - Throws: `JournalError.recordTooLarge` for labels that no record can hold; the records
    ///   before were put.
    /// - Returns: false when the intake has stopped and nothing will be taken any more.
    func put(
        _ samples: [SampleRecord.Entry],
        wake: () -> Void
    ) throws(JournalError) -> Bool {
        for start in stride(from: 0, to: samples.count, by: Self.samplesPerRecord) {
            let end = min(start + Self.samplesPerRecord, samples.count)
            let payload = try SampleRecord.encode(samples[start..<end])
            condition.lock()
            while payloads.count >= Self.capacity, !isClosed { condition.wait() }
            let isOpen = !isClosed
            if isOpen { payloads.append(payload) }
            condition.unlock()
            guard isOpen else { return false }
            wake()
        }
        return true
    }

    /// Takes everything that waits.
    func takeAll() -> [[UInt8]] {
        condition.lock()
        defer { condition.unlock() }
        let taken = payloads
        payloads.removeAll(keepingCapacity: true)
        condition.broadcast()
        return taken
    }

    /// Takes nothing more; those that wait go on.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }
}
