internal import Crypto
internal import Telemetry

/// The ring of everything that arrived, on disk before it is acknowledged.
///
/// One owner writes; any number of ``JournalReader`` values read the same file. A commit is one
/// write and one `fdatasync`, two when it opens a new segment; in the first lap with a mebibyte of
/// zeros now and then. The caller holds the folder's ``DirectoryLock``.
public struct Journal: ~Copyable {
    /// The folder that the journal lies in.
    public let folder: String
    /// Where the next record will lie, unless a segment ends before it.
    public private(set) var head: UInt64
    /// Figures since it was opened.
    public private(set) var statistics = JournalStatistics()

    let file: StorageFile
    let geometry: JournalGeometry
    private var oldestSegment: UInt64
    private var protectedFrom: UInt64?
    /// SHA-256 of the newest segment up to ``head``.
    private var content: SHA256
    /// Whether a failed commit may have left bytes after ``head``.
    private var isUnclear = false
    /// Before it everything on the disk was written once, as far as that is known.
    var preparedEnd: UInt64
    /// What records of samples may leave out.
    var definitions = SeriesDefinitions()
    /// The payload that is written, used again and again.
    var samplePayload: [UInt8] = []

    init(
        folder: String,
        file: consuming StorageFile,
        geometry: JournalGeometry,
        oldestSegment: UInt64,
        head: UInt64,
        content: SHA256
    ) {
        self.folder = folder
        self.file = file
        self.geometry = geometry
        self.oldestSegment = oldestSegment
        self.head = head
        self.content = content
        preparedEnd = head
        statistics.sizeBytes = geometry.segmentBytes * geometry.segmentCount
    }

    /// Position of the oldest record that the ring still holds.
    public var tail: UInt64 { geometry.firstRecord(of: oldestSegment) }

    /// The number of the segment that is written.
    var newestSegment: UInt64 { geometry.segment(of: head) }

    /// Keeps every record from a position on: a commit that would overwrite one fails instead.
    public mutating func protect(from position: UInt64) {
        protectedFrom = position
    }

    /// Writes a batch and waits until it is on the disk; the batch then carries its positions.
    ///
    /// After a failure nothing of the batch counts as written: call it again with the same batch.
    /// - Throws: ``JournalError/file(_:)``, ``JournalError/full(head:protected:)``,
    ///   ``JournalError/recordTooLarge(bytes:limit:)``.
    /// - Precondition: no other batch was committed, or given samples, since this one was given
    ///   samples.
    public mutating func commit(_ batch: RecordBatch) throws(JournalError) {
        guard !batch.isEmpty else { return }
        definitions.requireIsNext(batch)
        try requireRecordsFit(batch)
        do {
            if isUnclear { try clearAfterHead() }
            isUnclear = true
            var writer = SegmentWriter(position: head, content: content)
            try write(batch, &writer)
            try synchronize()
            isUnclear = false
            statistics.committedBytes += writer.position - head
            head = writer.position
            content = writer.content
            oldestSegment = max(oldestSegment, oldestKept(with: newestSegment))
            definitions.committed(batch)
        } catch {
            statistics.failedCommits += 1
            throw error
        }
        statistics.commits += 1
        statistics.committedRecords += UInt64(batch.count)
    }

    /// Where a commit under way has come to.
    private struct SegmentWriter {
        var position: UInt64
        var content: SHA256
    }

    private func requireRecordsFit(_ batch: RecordBatch) throws(JournalError) {
        let limit = geometry.maximumRecordBytes
        for index in 0..<batch.count where batch.range(of: index).count > limit {
            throw .recordTooLarge(bytes: batch.range(of: index).count, limit: limit)
        }
    }

    private mutating func write(
        _ batch: RecordBatch,
        _ writer: inout SegmentWriter
    ) throws(JournalError) {
        var group = 0..<0
        var groupStart = writer.position
        for index in 0..<batch.count {
            let range = batch.range(of: index)
            let place = geometry.place(of: range.count, from: writer.position)
            if place != writer.position {
                let segment = geometry.segment(of: place)
                try put(batch, group, at: groupStart, &writer.content)
                try openSegment(segment, with: batch, record: index, &writer)
                group = range.lowerBound..<range.lowerBound
                groupStart = writer.position
            }
            batch.place(index, at: writer.position)
            writer.position += UInt64(range.count)
            group = group.lowerBound..<range.upperBound
        }
        try put(batch, group, at: groupStart, &writer.content)
    }

    private mutating func put(
        _ batch: RecordBatch,
        _ range: Range<Int>,
        at position: UInt64,
        _ content: inout SHA256
    ) throws(JournalError) {
        guard !range.isEmpty else { return }
        let held = batch.bytes
        let bytes = unsafe held.span.bytes.extracting(range)
        try prepare(position..<position + UInt64(range.count))
        try write(bytes, at: position)
        unsafe bytes.withUnsafeBytes { unsafe content.update(bufferPointer: $0) }
    }

    /// Ends a segment, waits for it, and begins the next one.
    private mutating func openSegment(
        _ number: UInt64,
        with batch: RecordBatch,
        record: Int,
        _ writer: inout SegmentWriter
    ) throws(JournalError) {
        let kept = geometry.start(of: oldestKept(with: number))
        if let protectedFrom, protectedFrom < kept {
            throw .full(head: writer.position, protected: protectedFrom)
        }
        let hash = Array(writer.content.finalize())
        let end = RecordBatch()
        let arrival = batch.receivedAt(record)
        try end.append(kind: .segmentEnd, receivedAt: arrival, payload: hash)
        end.place(0, at: writer.position)
        let endBytes = end.bytes
        try prepare(writer.position..<writer.position + UInt64(endBytes.count))
        try unsafe write(endBytes.span.bytes, at: writer.position)
        // What stood in the place of the new segment is gone before its records are written over:
        // a crash may keep those and lose the new header.
        try removeHeader(of: number)
        try prepare(geometry.start(of: number)..<geometry.firstRecord(of: number))
        try synchronize()
        try beginSegment(number, previous: hash, at: arrival, &writer.content)
        writer.position = geometry.firstRecord(of: number)
    }

    /// Writes the header of a segment and starts its hash.
    func beginSegment(
        _ number: UInt64,
        previous: [UInt8],
        at time: Instant,
        _ content: inout SHA256
    ) throws(JournalError) {
        let header = SegmentHeader(
            number: number,
            identity: geometry.identity,
            openedAt: time,
            previous: previous
        )
        let bytes = header.bytes
        try unsafe write(bytes.span.bytes, at: geometry.start(of: number))
        content = SHA256()
        content.update(data: bytes)
    }

    func write(_ bytes: RawSpan, at position: UInt64) throws(JournalError) {
        do {
            try file.write(bytes, at: geometry.offset(of: position))
        } catch {
            throw .file(error)
        }
    }

    private func synchronize() throws(JournalError) {
        do {
            try file.synchronizeData()
        } catch {
            throw .file(error)
        }
    }

    /// The oldest segment that is whole while another is the newest.
    private func oldestKept(with newest: UInt64) -> UInt64 {
        newest + 1 > geometry.segmentCount ? newest + 1 - geometry.segmentCount : 0
    }

    /// Writes the newest segment's records from a position on once more, as they were read.
    ///
    /// Where a wait for the disk had failed, they may be in the system's memory only, and count as
    /// written there: see ``StorageFile/synchronizeData()``.
    func rewrite(from committed: UInt64) throws(JournalError) {
        var position = geometry.start(of: newestSegment)
        if committed > position { position = min(committed, head) }
        while position < head {
            let count = Int(min(head - position, UInt64(SegmentScan.chunkBytes)))
            let present: [UInt8]
            do {
                present = try file.bytes(count, at: geometry.offset(of: position))
            } catch {
                throw .file(error)
            }
            try unsafe write(present.span.bytes, at: position)
            position += UInt64(count)
        }
    }

    /// Zeroes what lies between the head and the end of its segment, and what an unfinished commit
    /// left in the segments after it.
    ///
    /// Otherwise bytes of a commit that never came to its end might one day stand exactly where a
    /// reader looks for the next record. Costs a writing of all that, which is prepared then.
    mutating func clearAfterHead() throws(JournalError) {
        let next = newestSegment + 1
        var end = next
        while try header(of: end) != nil { end += 1 }
        // The last one that was begun may have records without a header; if so, the header of the
        // lap before is gone as well.
        let isBegun = try geometry.header(inSlot: end % geometry.segmentCount, of: file) == nil
        if isBegun { end += 1 }
        // The last one first, and on disk before the one before it: a header behind a gap would
        // hide all segments before the gap from a reader. And the header before what follows it: a
        // crash must not leave one of the lap before in front of nothing.
        for segment in (next..<end).reversed() {
            try removeHeader(of: segment)
            try synchronize()
            try clear(geometry.start(of: segment)..<geometry.start(of: segment + 1))
            try synchronize()
        }
        try clear(head..<geometry.start(of: next))
        try synchronize()
        preparedEnd = max(preparedEnd, geometry.start(of: end))
        isUnclear = false
    }

    private func removeHeader(of segment: UInt64) throws(JournalError) {
        let zeros = [UInt8](repeating: 0, count: SegmentHeader.byteCount)
        try unsafe write(zeros.span.bytes, at: geometry.start(of: segment))
    }

    /// Zeroes positions of one segment.
    ///
    /// Those that read as zeros, too: where a wait for the disk had failed, zeros may be in the
    /// system's memory only, and count as written there: see ``StorageFile/synchronizeData()``.
    private mutating func clear(_ positions: Range<UInt64>) throws(JournalError) {
        let zeros = [UInt8](repeating: 0, count: 1 << 16)
        var position = positions.lowerBound
        while position < positions.upperBound {
            let count = Int(min(positions.upperBound - position, UInt64(zeros.count)))
            let present: [UInt8]
            do {
                present = try file.bytes(count, at: geometry.offset(of: position))
            } catch {
                throw .file(error)
            }
            try unsafe write(zeros.span.bytes.extracting(first: count), at: position)
            if present.contains(where: { $0 != 0 }) { statistics.clearedBytes += UInt64(count) }
            position += UInt64(count)
        }
    }

    /// The header of a segment, or nil when the ring does not hold that one.
    func header(of segment: UInt64) throws(JournalError) -> SegmentHeader? {
        try geometry.header(of: segment, in: file)
    }
}
