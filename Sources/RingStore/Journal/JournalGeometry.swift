/// The file `journal`: one ring of segments of fixed size, all of it allocated at creation.
///
/// Page 0 (4096 bytes) is written once: `LANGSOJ2`, then with their lowest byte first the length
/// of a segment (8 bytes), the number of segments (8), an identity made at random (8), CRC-32C of
/// those 32 bytes (4). Segment `n` of the journal lies at `4096 + (n mod count) * length` and holds
/// positions `n * length ..< (n + 1) * length`: a ``SegmentHeader``, records as ``RecordLayout``
/// says, a ``SegmentEnd``, then zeros or what an earlier lap left. A header is written only when
/// the segment before is on the disk with its end, and the header of the lap before is gone from
/// its place, so that after a crash only the newest segment can be cut short, and none stands for
/// records that were written over. No record crosses the end of a segment.
struct JournalGeometry: Hashable, Sendable {
    static let fileName = "journal"
    static let pageBytes = 4096
    static let magic: [UInt8] = Array("LANGSOJ2".utf8)

    let segmentBytes: UInt64
    let segmentCount: UInt64
    let identity: UInt64

    var fileBytes: UInt64 { UInt64(Self.pageBytes) + segmentBytes * segmentCount }

    /// Largest record, header included, that fits into a segment.
    var maximumRecordBytes: Int {
        Int(segmentBytes) - SegmentHeader.byteCount - SegmentEnd.byteCount
    }

    /// Bytes of the file's first page.
    var page: [UInt8] {
        var page = Self.magic
        page.appendLittleEndian(segmentBytes)
        page.appendLittleEndian(segmentCount)
        page.appendLittleEndian(identity)
        unsafe page.appendLittleEndian(CRC32C.checksum(page.span.bytes))
        page.append(contentsOf: [UInt8](repeating: 0, count: Self.pageBytes - page.count))
        return page
    }

    /// Where a position lies in the file.
    func offset(of position: UInt64) -> UInt64 {
        UInt64(Self.pageBytes) + position % (segmentBytes * segmentCount)
    }

    /// The segment that a position lies in.
    func segment(of position: UInt64) -> UInt64 { position / segmentBytes }

    /// The first position of a segment.
    func start(of segment: UInt64) -> UInt64 { segment * segmentBytes }

    /// The first position of a segment's records.
    func firstRecord(of segment: UInt64) -> UInt64 {
        start(of: segment) + UInt64(SegmentHeader.byteCount)
    }

    /// Where a record comes to lie that follows those before a position: there, or first in the
    /// next segment when it does not fit before the end of this one.
    func place(of recordBytes: Int, from position: UInt64) -> UInt64 {
        let segment = segment(of: position)
        let limit = start(of: segment + 1) - UInt64(SegmentEnd.byteCount)
        return position + UInt64(recordBytes) <= limit ? position : firstRecord(of: segment + 1)
    }

    /// The position behind the last record of a batch that is committed at a position.
    func end(of batch: RecordBatch, from position: UInt64) -> UInt64 {
        var end = position
        for index in 0..<batch.count {
            let byteCount = batch.range(of: index).count
            end = place(of: byteCount, from: end) + UInt64(byteCount)
        }
        return end
    }
}

extension JournalGeometry {
    /// Reads the first page of a journal's file.
    ///
    /// - Throws: ``JournalError/notAJournal(path:reason:)``, ``JournalError/file(_:)``.
    init(of file: borrowing StorageFile) throws(JournalError) {
        let page: [UInt8]
        let size: UInt64
        do {
            page = try file.bytes(Self.pageBytes, at: 0)
            size = try file.sizeBytes()
        } catch {
            throw .file(error)
        }
        guard Array(page.prefix(8)) == Self.magic else {
            throw .notAJournal(path: file.path, reason: "its first bytes are not LANGSOJ2")
        }
        guard let segmentBytes = page.littleEndian(at: 8, as: UInt64.self),
            let segmentCount = page.littleEndian(at: 16, as: UInt64.self),
            let identity = page.littleEndian(at: 24, as: UInt64.self),
            let sum = page.littleEndian(at: 32, as: UInt32.self),
            unsafe sum == CRC32C.checksum(page.span.bytes.extracting(first: 32))
        else {
            throw .notAJournal(path: file.path, reason: "its first page failed its check")
        }
        self.init(segmentBytes: segmentBytes, segmentCount: segmentCount, identity: identity)
        guard size == fileBytes else {
            throw .notAJournal(
                path: file.path,
                reason: "it has \(size) bytes and should have \(fileBytes)"
            )
        }
    }
}

extension JournalGeometry {
    /// The header of a segment, or nil when the ring does not hold that one.
    ///
    /// - Throws: ``JournalError/file(_:)``.
    func header(
        of segment: UInt64,
        in file: borrowing StorageFile
    ) throws(JournalError) -> SegmentHeader? {
        let bytes: [UInt8]
        do {
            bytes = try file.bytes(SegmentHeader.byteCount, at: offset(of: start(of: segment)))
        } catch {
            throw .file(error)
        }
        guard let header = SegmentHeader(bytes), header.identity == identity,
            header.number == segment
        else { return nil }
        return header
    }

    /// The header that stands in a place of the ring, whatever lap it is of.
    func header(
        inSlot slot: UInt64,
        of file: borrowing StorageFile
    ) throws(JournalError) -> SegmentHeader? {
        let bytes: [UInt8]
        do {
            bytes = try file.bytes(SegmentHeader.byteCount, at: offset(of: start(of: slot)))
        } catch {
            throw .file(error)
        }
        guard let header = SegmentHeader(bytes), header.identity == identity,
            header.number % segmentCount == slot
        else { return nil }
        return header
    }
}
