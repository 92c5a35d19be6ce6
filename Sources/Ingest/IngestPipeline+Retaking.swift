internal import Decoding
public import RingStore
public import Telemetry

/// Messages that are stored once more, because it became known that they meant something else.
extension IngestPipeline {
    /// Stores what a box said since an instant again, by the directory of now.
    ///
    /// For a meter that was exchanged: what came since then is stored with the index of the old
    /// one, or under the address of a box that nobody knew, until somebody says so. Samples take
    /// the place of those of their times and series. Messages that could not be decoded are left to
    /// ``decodeDeadLetters(_:at:leaving:calls:)``. Reads and decodes every message of the time, and
    /// holds the thread that owns the store for as long.
    ///
    /// - Parameters:
    ///   - journal: has their bytes.
    ///   - address: the box, as messages name it.
    ///   - start: messages that arrived before it are left as they are.
    ///   - now: the time of the checkpoint.
    ///   - calls: how files are reached.
    /// - Throws: ``IngestError`` when the journal cannot be read or the store not written.
    /// - Returns: how many messages were stored again.
    public mutating func retake(
        _ journal: borrowing JournalReader,
        of address: String,
        since start: Instant,
        at now: Instant,
        calls: any FileCalls = SystemFileCalls()
    ) throws(IngestError) -> Int {
        let count: Int
        do throws(JournalError) {
            count = try retake(journal, of: address, since: start)
        } catch {
            throw .journal(error)
        }
        if count > 0 { try checkpoint(at: now, calls: calls) }
        return count
    }

    private mutating func retake(
        _ journal: borrowing JournalReader,
        of address: String,
        since start: Instant
    ) throws(JournalError) -> Int {
        var positions: [UInt64] = []
        try journal.scan(from: try journal.tail(), to: position) { record in
            if record.kind == .message, record.receivedAt >= start,
                !deadLetters.contains(record.position)
            {
                positions.append(record.position)
            }
            return true
        }
        var count = 0
        for position in positions {
            let record: JournalRecord
            do throws(JournalError) {
                record = try journal.record(at: position)
            } catch {
                // What the ring has passed meanwhile is gone.
                guard error.loss != nil else { throw error }
                continue
            }
            do throws(DecodingError) {
                let message = try decode(record)
                guard message.deviceAddress == address else { continue }
                store(message, at: position, claimsFrame: false)
                count += 1
            } catch {
                // It is a dead letter already, or waits for its codec.
                continue
            }
        }
        return count
    }
}
