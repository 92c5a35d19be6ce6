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
    /// Records that were put, and those of them that the journal and the store's queue have.
    private var putCount: UInt64 = 0
    private var committedCount: UInt64 = 0
    private var wake: @Sendable () -> Void = {}

    /// Most records that wait; whoever brings more waits until the intake has taken some.
    static let capacity = 256
    /// Samples of one record: at some 200 bytes each they stay far below the record's limit.
    static let samplesPerRecord = 500

    /// Tells how the intake thread is woken, before anything is put.
    func wakeIntake(by wake: @escaping @Sendable () -> Void) {
        condition.lock()
        self.wake = wake
        condition.unlock()
    }

    /// Wakes the intake thread again when it has left something.
    func wakeIfWaiting() {
        condition.lock()
        let (isWaiting, wake) = (!payloads.isEmpty, self.wake)
        condition.unlock()
        if isWaiting { wake() }
    }

    /// How many records wait to be taken.
    var waitingCount: Int {
        condition.lock()
        defer { condition.unlock() }
        return payloads.count
    }

    /// Puts samples; waits while too many records are under way.
    ///
    /// - Parameter samples: in the order in which they shall be stored.
    /// - Throws: `JournalError.recordTooLarge` for labels that no record can hold; the records
    ///   before were put.
    /// - Returns: a number to wait for (see ``waitUntilCommitted(_:until:)``); nil when the intake
    ///   has stopped and nothing will be taken any more.
    func put(_ samples: [SampleRecord.Entry]) throws(JournalError) -> UInt64? {
        var last: UInt64 = 0
        for start in stride(from: 0, to: samples.count, by: Self.samplesPerRecord) {
            let end = min(start + Self.samplesPerRecord, samples.count)
            let payload = try SampleRecord.encode(samples[start..<end])
            condition.lock()
            while payloads.count >= Self.capacity, !isClosed { condition.wait() }
            let isOpen = !isClosed
            if isOpen {
                payloads.append(payload)
                putCount += 1
                last = putCount
            }
            let wake = self.wake
            condition.unlock()
            guard isOpen else { return nil }
            wake()
        }
        return last
    }

    /// Waits until a record that was put is in the journal and on its way to the store.
    ///
    /// - Returns: false when that was not before the deadline, or the intake has stopped.
    func waitUntilCommitted(_ record: UInt64, until deadline: Date) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while committedCount < record, !isClosed {
            guard condition.wait(until: deadline) else { break }
        }
        return committedCount >= record
    }

    /// Notes that so many records more, in their order, are in the journal.
    func noteCommitted(_ count: Int) {
        guard count > 0 else { return }
        condition.lock()
        committedCount += UInt64(count)
        condition.broadcast()
        condition.unlock()
    }

    /// Takes what waits, in its order: at most so many bytes, and one record in any case.
    func take(upTo byteCount: Int) -> [[UInt8]] {
        condition.lock()
        defer { condition.unlock() }
        var (count, bytes) = (0, 0)
        while count < payloads.count, count == 0 || bytes + payloads[count].count <= byteCount {
            bytes += payloads[count].count
            count += 1
        }
        let taken = Array(payloads.prefix(count))
        payloads.removeFirst(count)
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
