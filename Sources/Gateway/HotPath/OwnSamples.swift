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
    private var portions: [Portion] = []
    private var isClosed = false
    /// Whether nobody may wait any more, because the gateway ends.
    private var isEnding = false
    /// Portions that were put, and those of them that the journal and the store's queue have.
    private var putCount: UInt64 = 0
    private var committedCount: UInt64 = 0
    private var wake: @Sendable () -> Void = {}

    /// Most portions that wait; whoever brings more waits until the intake has taken some.
    static let capacity = 128
    /// Most samples of a portion: one record of the journal, where their labels have room in it.
    static let samplesPerPortion = SampleRecord.maximumSamples
    /// Most bytes of the journal that a portion of more than one series may take.
    static let bytesPerPortion = 256 << 10

    /// Samples that wait and go on together.
    private struct Portion {
        var samples = LabelledSamples()
        /// The most bytes that they take in the journal.
        var byteCount = 0
    }

    /// Tells how the intake thread is woken, before anything is put.
    func wakeIntake(by wake: @escaping @Sendable () -> Void) {
        condition.lock()
        self.wake = wake
        condition.unlock()
    }

    /// Wakes the intake thread again when it has left something.
    func wakeIfWaiting() {
        condition.lock()
        let (isWaiting, wake) = (!portions.isEmpty, self.wake)
        condition.unlock()
        if isWaiting { wake() }
    }

    /// How many portions wait to be taken.
    var waitingCount: Int {
        condition.lock()
        defer { condition.unlock() }
        return portions.count
    }

    /// What became of samples that were put.
    enum Admission: Equatable {
        /// All are taken; the number is one to wait for, see ``waitUntilCommitted(_:until:)``.
        case taken(UInt64)
        /// Too many waited until the deadline, as when the journal cannot be written; those that
        /// found no place are not taken.
        case full
        /// The intake has stopped, nothing is taken any more.
        case stopped
    }

    /// Puts samples; waits while too many portions are under way.
    ///
    /// - Parameters:
    ///   - samples: in the order in which they shall be stored.
    ///   - deadline: until when to wait for a place; at the gateway's end nobody waits.
    /// - Throws: `JournalError.recordTooLarge` for labels that no record can hold; the portions
    ///   before were put.
    /// - Returns: what became of them.
    func put(
        _ samples: LabelledSamples,
        until deadline: Date
    ) throws(JournalError) -> Admission {
        var last: UInt64 = 0
        var portion = Portion()
        for series in samples.series {
            let labelBytes = try SampleRecord.definitionBytes(of: series.labels)
            var rest = samples.samples[series.range]
            while !rest.isEmpty {
                let place = Self.room(in: portion, behind: labelBytes)
                let part = rest.prefix(place)
                if !part.isEmpty {
                    portion.samples.append(series.labels, part)
                    portion.byteCount += labelBytes + part.count * SampleRecord.maximumSampleBytes
                    rest.removeFirst(part.count)
                }
                if rest.isEmpty { break }
                guard let number = put(portion, until: deadline) else { return refusal }
                last = number
                portion = Portion()
            }
        }
        if !portion.samples.isEmpty {
            guard let number = put(portion, until: deadline) else { return refusal }
            last = number
        }
        return .taken(last)
    }

    /// How many samples of a series a portion still takes; an empty one takes some in any case.
    private static func room(in portion: Portion, behind labelBytes: Int) -> Int {
        guard !portion.samples.isEmpty else { return samplesPerPortion }
        let bytes = bytesPerPortion - portion.byteCount - labelBytes
        let count = samplesPerPortion - portion.samples.samples.count
        return max(0, min(count, bytes / SampleRecord.maximumSampleBytes))
    }

    private var refusal: Admission { isStopped ? .stopped : .full }

    private func put(_ portion: Portion, until deadline: Date) -> UInt64? {
        condition.lock()
        while portions.count >= Self.capacity, !isClosed, !isEnding {
            guard condition.wait(until: deadline) else { break }
        }
        guard portions.count < Self.capacity, !isClosed else {
            condition.unlock()
            return nil
        }
        portions.append(portion)
        putCount += 1
        let (number, wake) = (putCount, self.wake)
        condition.unlock()
        wake()
        return number
    }

    private var isStopped: Bool {
        condition.lock()
        defer { condition.unlock() }
        return isClosed
    }

    /// Whether nobody waits any more, because the gateway ends.
    var hasLetGo: Bool {
        condition.lock()
        defer { condition.unlock() }
        return isEnding
    }

    /// Waits until a portion that was put is in the journal and on its way to the store.
    ///
    /// - Returns: false when that was not before the deadline, or the gateway ends.
    func waitUntilCommitted(_ portion: UInt64, until deadline: Date) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while committedCount < portion, !isClosed, !isEnding {
            guard condition.wait(until: deadline) else { break }
        }
        return committedCount >= portion
    }

    /// Notes that so many portions more, in their order, are in the journal.
    func noteCommitted(_ count: Int) {
        guard count > 0 else { return }
        condition.lock()
        committedCount += UInt64(count)
        condition.broadcast()
        condition.unlock()
    }

    /// Takes what waits, in its order: at most so many bytes of the journal, and one portion in any
    /// case.
    func take(upTo byteCount: Int) -> [LabelledSamples] {
        condition.lock()
        defer { condition.unlock() }
        var (count, bytes) = (0, 0)
        while count < portions.count, count == 0 || bytes + portions[count].byteCount <= byteCount {
            bytes += portions[count].byteCount
            count += 1
        }
        let taken = portions.prefix(count).map(\.samples)
        portions.removeFirst(count)
        condition.broadcast()
        return taken
    }

    /// Lets everybody who waits go on, because the gateway ends.
    ///
    /// What finds a place is still taken.
    func letGo() {
        condition.lock()
        isEnding = true
        condition.broadcast()
        condition.unlock()
    }

    /// Takes nothing more; those that wait go on.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }
}
