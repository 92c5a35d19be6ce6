public import Telemetry

/// Reads a journal while its owner goes on writing.
///
/// It has its own file descriptor; several threads may use one reader. Every record is checked in
/// a copy before it is lent, so that being overtaken by the writer shows as an error and never as
/// wrong bytes.
public struct JournalReader: ~Copyable, Sendable {
    let file: StorageFile
    let geometry: JournalGeometry

    /// Opens the journal of a folder for reading.
    ///
    /// - Throws: ``JournalError/file(_:)``, ``JournalError/notAJournal(path:reason:)``.
    public init(
        folder: String,
        calls: any FileCalls = SystemFileCalls()
    ) throws(JournalError) {
        let file: StorageFile
        do {
            file = try StorageFolder(folder, calls: calls).open(JournalGeometry.fileName, .readOnly)
        } catch {
            throw .file(error)
        }
        geometry = try JournalGeometry(of: file)
        self.file = file
    }

    /// Checks that every record that a ``RecordBatch`` takes can be committed.
    ///
    /// - Throws: ``JournalError/segmentsTooSmall(path:bytes:least:)`` for a journal that was made
    ///   before there was a least size.
    public func requireRoomForEveryRecord() throws(JournalError) {
        guard geometry.maximumRecordBytes < RecordLayout.maximumBytes else { return }
        throw .segmentsTooSmall(
            path: file.path,
            bytes: geometry.segmentBytes,
            least: JournalSettings.minimumSegmentBytes
        )
    }

    /// Position of the oldest record that the ring holds now.
    ///
    /// - Throws: ``JournalError/file(_:)``, ``JournalError/damaged(path:position:reason:)``.
    /// - Returns: A position to begin a scan at.
    public func tail() throws(JournalError) -> UInt64 {
        geometry.firstRecord(of: try geometry.heldSegments(in: file).lowerBound)
    }

    /// Whether the ring still holds all records that were ever committed.
    ///
    /// - Throws: As ``tail()``.
    public func holdsEverything() throws(JournalError) -> Bool {
        try geometry.heldSegments(in: file).lowerBound == 0
    }

    /// A position to begin a scan at so that it covers at least some of the last bytes.
    ///
    /// - Parameters:
    ///   - byteCount: How many of them; the ring may hold fewer.
    ///   - position: Where they end.
    /// - Throws: As ``tail()``.
    /// - Returns: The first record of a segment, not before the tail.
    public func start(
        covering byteCount: UInt64,
        before position: UInt64
    ) throws(JournalError) -> UInt64 {
        let wanted = position > byteCount ? position - byteCount : 0
        return max(try tail(), geometry.firstRecord(of: geometry.segment(of: wanted)))
    }

    /// A position to begin a scan at so that it covers everything that arrived since an instant,
    /// and what lies up to a segment before it.
    ///
    /// Looks at few segments: arrivals rise with positions, but for clocks that are put right.
    ///
    /// - Throws: As ``tail()``, and ``JournalError/overwritten(position:tail:)``.
    /// - Returns: The first record of a segment, and when the first record there arrived; nil for
    ///   that in a journal without records.
    public func start(
        since instant: Instant
    ) throws(JournalError) -> (position: UInt64, arrival: Instant?) {
        let held = try geometry.heldSegments(in: file)
        var (low, high) = (held.lowerBound, held.upperBound)
        while low < high {
            let middle = low + (high - low + 1) / 2
            let arrival = try arrival(from: geometry.firstRecord(of: middle))
            if let arrival, arrival < instant { low = middle } else { high = middle - 1 }
        }
        let position = geometry.firstRecord(of: max(held.lowerBound, low > 0 ? low - 1 : 0))
        return (position, try arrival(from: position))
    }

    /// The first record of the segment behind a position, which may not be there yet.
    public func nextSegment(after position: UInt64) -> UInt64 {
        geometry.firstRecord(of: geometry.segment(of: position) + 1)
    }

    /// When the first record from a position on arrived; nil when there is none.
    private func arrival(from position: UInt64) throws(JournalError) -> Instant? {
        var arrival: Instant?
        try scan(from: position) { (record) throws(JournalError) in
            arrival = record.receivedAt
            return false
        }
        return arrival
    }

    /// Lends each record from a position on, until the body returns false.
    ///
    /// - Parameters:
    ///   - first: Where a record begins, or any earlier place of its segment's header.
    ///   - limit: Where to stop; everything before it is known to be committed, so that a record
    ///     that fails its check there is damage. Without it the first such place is the end.
    ///   - body: Gets the records in order.
    /// - Throws: ``JournalError/overwritten(position:tail:)`` when the ring has passed the place,
    ///   ``JournalError/damaged(path:position:reason:)``, ``JournalError/file(_:)``.
    /// - Returns: The position after the last record lent.
    @discardableResult
    public func scan(
        from first: UInt64,
        to limit: UInt64? = nil,
        _ body: (borrowing RecordView) throws(JournalError) -> Bool
    ) throws(JournalError) -> UInt64 {
        var scan = SegmentScan(geometry)
        var position = max(first, geometry.firstRecord(of: geometry.segment(of: first)))
        while position < limit ?? .max {
            let segment = geometry.segment(of: position)
            guard try geometry.header(of: segment, in: file) != nil else {
                throw try overtaken(at: position)
            }
            let outcome = try scan.run(
                file,
                from: position,
                limit: limit ?? .max,
                fault: { JournalError.file($0) },
                body
            )
            switch outcome {
            case .limited(let end): return end
            case .ended(let end):
                let next = geometry.firstRecord(of: segment + 1)
                if try geometry.header(of: segment + 1, in: file) == nil {
                    guard let limit, limit > end else { return end }
                    throw try overtaken(at: next)
                }
                position = next
            case .stopped(let end):
                guard try geometry.header(of: segment, in: file) != nil else {
                    throw try overtaken(at: end)
                }
                guard let limit, limit > end else { return end }
                throw damage(at: end)
            }
        }
        return position
    }

    /// Reads one record.
    ///
    /// - Throws: ``JournalError/overwritten(position:tail:)``,
    ///   ``JournalError/damaged(path:position:reason:)`` when no record begins there.
    /// - Returns: The record with its own copy of the bytes.
    public func record(at position: UInt64) throws(JournalError) -> JournalRecord {
        var found: JournalRecord?
        try scan(from: position) { (view) throws(JournalError) in
            found = JournalRecord(view)
            return false
        }
        guard let found, found.position == position else { throw damage(at: position) }
        return found
    }

    private func overtaken(at position: UInt64) throws(JournalError) -> JournalError {
        .overwritten(position: position, tail: try tail())
    }

    private func damage(at position: UInt64) -> JournalError {
        .damaged(
            path: file.path,
            position: position,
            reason: "the record there failed its check"
        )
    }
}
