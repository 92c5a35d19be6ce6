/// A copy of a journal that was made while its owner may have gone on writing.
///
/// Segments are copied the oldest first. A segment is begun anew by writing its header, before
/// anything else of it: when the header is the same after the segment was copied, nobody can have
/// written over what was copied. The oldest ones that were begun anew meanwhile are left out. The
/// newest one is copied as far as it was written; the opening of the copy clears what a commit
/// under way had left behind its last whole record.
public struct JournalCopy: Hashable, Sendable {
    /// Position of the oldest record in the copy.
    public let tail: UInt64
    /// Position behind the newest record in the copy.
    public let head: UInt64
    /// Segments in the copy.
    public let segmentCount: Int

    /// Copies the journal of a folder, whether or not a gateway writes it.
    ///
    /// - Parameters:
    ///   - folder: The folder that the journal lies in.
    ///   - target: A folder without a journal.
    ///   - committed: The journal position of the store that the copy shall complete: everything
    ///     from there on must be in it.
    ///   - calls: How files are reached.
    ///   - progress: Is told of the share of segments, 0 to 1.
    /// - Throws: ``JournalError/overwritten(position:tail:)`` when the ring has passed `committed`
    ///   meanwhile: copy the store again, and then the journal; ``JournalError/file(_:)``,
    ///   ``JournalError/notAJournal(path:reason:)``,
    ///   ``JournalError/damaged(path:position:reason:)``. No journal is then left in the target.
    /// - Returns: What was copied.
    public static func make(
        from folder: String,
        to target: String,
        committed: UInt64,
        calls: any FileCalls = SystemFileCalls(),
        progress: (Double) -> Void = { _ in }
    ) throws(JournalError) -> JournalCopy {
        let reader = try JournalReader(folder: folder, calls: calls)
        let storage = StorageFolder(target, calls: calls)
        do {
            return try copy(reader, to: storage, committed: committed, calls, progress)
        } catch {
            // The first error says why; that the remains could not be removed as well would not.
            _ = try? storage.remove(JournalGeometry.fileName)
            throw error
        }
    }

    private static func copy(
        _ reader: borrowing JournalReader,
        to storage: StorageFolder,
        committed: UInt64,
        _ calls: any FileCalls,
        _ progress: (Double) -> Void
    ) throws(JournalError) -> JournalCopy {
        let geometry = reader.geometry
        let file = try createEmpty(geometry, in: storage)
        let held = try geometry.heldSegments(in: reader.file)
        for segment in held {
            progress(Double(segment - held.lowerBound) / Double(held.count))
            try copy(segment, of: reader, to: file)
        }
        do {
            try file.synchronizeData()
            try storage.synchronize()
        } catch {
            throw .file(error)
        }
        let journal = try Journal.open(folder: storage.path, committed: committed, calls: calls)
        guard committed == 0 || committed >= journal.tail else {
            throw .overwritten(position: committed, tail: journal.tail)
        }
        progress(1)
        return JournalCopy(
            tail: journal.tail,
            head: journal.head,
            segmentCount: Int(journal.newestSegment - geometry.segment(of: journal.tail) + 1)
        )
    }

    private static func createEmpty(
        _ geometry: JournalGeometry,
        in storage: StorageFolder
    ) throws(JournalError) -> StorageFile {
        do throws(FileError) {
            try storage.createIfMissing()
            try storage.requireSpace(neededBytes: geometry.fileBytes)
            let file = try storage.open(JournalGeometry.fileName, .createNew)
            try file.allocate(sizeBytes: geometry.fileBytes)
            let page = geometry.page
            try unsafe file.write(page.span.bytes, at: 0)
            return file
        } catch {
            throw .file(error)
        }
    }

    /// Copies a segment, unless it is begun anew meanwhile.
    private static func copy(
        _ segment: UInt64,
        of reader: borrowing JournalReader,
        to file: borrowing StorageFile
    ) throws(JournalError) {
        let geometry = reader.geometry
        let start = geometry.offset(of: geometry.start(of: segment))
        do {
            var place: UInt64 = 0
            while place < geometry.segmentBytes {
                let count = min(geometry.segmentBytes - place, UInt64(SegmentScan.chunkBytes))
                let bytes = try reader.file.bytes(Int(count), at: start + place)
                try unsafe file.write(bytes.span.bytes, at: start + place)
                place += count
            }
        } catch {
            throw .file(error)
        }
        guard try geometry.header(of: segment, in: reader.file) == nil else { return }
        do {
            let zeros = [UInt8](repeating: 0, count: SegmentHeader.byteCount)
            try unsafe file.write(zeros.span.bytes, at: start)
        } catch {
            throw .file(error)
        }
    }
}
