internal import Crypto
public import Telemetry

extension Journal {
    /// Makes a journal in a folder that has none, with all of its space reserved.
    ///
    /// - Throws: ``JournalError/invalidSettings(reason:)``; ``JournalError/file(_:)`` when the disk
    ///   has too little room or the folder refuses, and then nothing is left behind.
    /// - Returns: The empty journal.
    public static func create(
        folder: String,
        settings: JournalSettings,
        at time: Instant,
        calls: any FileCalls = SystemFileCalls()
    ) throws(JournalError) -> Journal {
        try settings.validate()
        let geometry = JournalGeometry(
            segmentBytes: settings.segmentBytes,
            segmentCount: settings.segmentCount,
            identity: .random(in: 1 ... .max)
        )
        let storage = StorageFolder(folder, calls: calls)
        let fresh = JournalGeometry.fileName + ".new"
        do throws(FileError) {
            try storage.createIfMissing()
            guard try !storage.contains(JournalGeometry.fileName) else {
                throw FileError.system(
                    operation: "create",
                    path: storage.path(of: JournalGeometry.fileName),
                    code: 17
                )
            }
            try storage.remove(fresh)
            try storage.requireSpace(neededBytes: geometry.fileBytes)
        } catch {
            throw .file(error)
        }
        do throws(FileError) {
            let file = try storage.open(fresh, .createNew)
            try file.allocate(sizeBytes: geometry.fileBytes)
            try unsafe file.write(geometry.page.span.bytes, at: 0)
            let header = SegmentHeader(
                number: 0,
                identity: geometry.identity,
                openedAt: time,
                previous: [UInt8](repeating: 0, count: SegmentEnd.hashBytes)
            )
            try unsafe file.write(header.bytes.span.bytes, at: UInt64(JournalGeometry.pageBytes))
            try file.synchronizeData()
            try storage.rename(fresh, to: JournalGeometry.fileName)
        } catch {
            // The first error says why; that the remains stay behind as well would not help.
            _ = try? storage.remove(fresh)
            throw .file(error)
        }
        return try load(folder, committed: 0, calls)
    }

    /// Opens a journal and finds its head, clearing what a crash cut short.
    ///
    /// Costs a read of the newest segment, and a writing of what `committed` does not cover of it,
    /// to its end.
    ///
    /// - Parameters:
    ///   - folder: The folder that it lies in.
    ///   - committed: A position that is known to have been committed, as the store's checkpoint
    ///     does; a head before it is damage and not the torn end of a last commit.
    ///   - calls: How files are reached.
    /// - Throws: ``JournalError/file(_:)``, ``JournalError/notAJournal(path:reason:)``,
    ///   ``JournalError/damaged(path:position:reason:)``.
    /// - Returns: The journal, ready to go on.
    public static func open(
        folder: String,
        committed: UInt64 = 0,
        calls: any FileCalls = SystemFileCalls()
    ) throws(JournalError) -> Journal {
        var journal = try load(folder, committed: committed, calls)
        try journal.rewrite(from: committed)
        try journal.clearAfterHead()
        return journal
    }

    /// Finds a journal's head and changes nothing.
    private static func load(
        _ folder: String,
        committed: UInt64,
        _ calls: any FileCalls
    ) throws(JournalError) -> Journal {
        let file: StorageFile
        do {
            file = try StorageFolder(folder, calls: calls)
                .open(JournalGeometry.fileName, .readWrite)
        } catch {
            throw .file(error)
        }
        let geometry = try JournalGeometry(of: file)
        let span = try geometry.heldSegments(in: file)
        var scan = SegmentScan(geometry)
        let outcome = try scan.run(
            file,
            from: geometry.firstRecord(of: span.upperBound),
            limit: .max,
            fault: { JournalError.file($0) },
            { (_) throws(JournalError) in true }
        )
        // A segment that has its end is begun anew after its last record: the header after it was
        // never written, so that the end belongs to a commit that did not come through.
        let head =
            switch outcome {
            case .ended(let position), .stopped(let position), .limited(let position): position
            }
        guard head >= committed else {
            throw .damaged(
                path: file.path,
                position: head,
                reason: "the record there failed its check, and the store has taken records up "
                    + "to \(committed) from this journal"
            )
        }
        let content = try geometry.hash(of: span.upperBound, to: head, in: file)
        return Journal(
            folder: folder,
            file: file,
            geometry: geometry,
            oldestSegment: span.lowerBound,
            head: head,
            content: content
        )
    }
}

extension JournalGeometry {
    /// The run of segments, without a gap, that ends with the newest one.
    ///
    /// - Throws: ``JournalError/damaged(path:position:reason:)`` when there is none.
    /// - Returns: The numbers of the oldest and the newest segment.
    func heldSegments(in file: borrowing StorageFile) throws(JournalError) -> ClosedRange<UInt64> {
        var newest: UInt64?
        for slot in 0..<segmentCount {
            guard let number = try header(inSlot: slot, of: file)?.number else { continue }
            newest = max(newest ?? 0, number)
        }
        guard let newest else {
            throw .damaged(
                path: file.path,
                position: 0,
                reason: "no segment has a header that passes its check"
            )
        }
        var oldest = newest
        while oldest > 0, newest - oldest + 1 < segmentCount,
            try header(of: oldest - 1, in: file) != nil
        {
            oldest -= 1
        }
        return oldest...newest
    }

    /// SHA-256 of a segment from its header to a position, still open for more.
    func hash(
        of segment: UInt64,
        to end: UInt64,
        in file: borrowing StorageFile
    ) throws(JournalError) -> SHA256 {
        var content = SHA256()
        var position = start(of: segment)
        while position < end {
            let count = Int(min(end - position, UInt64(SegmentScan.chunkBytes)))
            do {
                content.update(data: try file.bytes(count, at: offset(of: position)))
            } catch {
                throw .file(error)
            }
            position += UInt64(count)
        }
        return content
    }
}
