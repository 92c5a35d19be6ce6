public import Telemetry

extension RingStore {
    /// Deletes the samples of some series in a range of times, on record.
    ///
    /// Summaries follow: they are worked out anew from the samples that are left. Where those have
    /// given way, every summary that the range touches is deleted whole. The record is on the disk
    /// before anything is deleted; after a crash the next opening carries the deletion out to its
    /// end. Costs rewriting every stretch of time that has any of the samples.
    ///
    /// - Parameters:
    ///   - series: Which series; samples that the journal brings later are not deleted.
    ///   - deletion: The range, who asks and why.
    ///   - journalPosition: As in ``checkpoint(journalPosition:at:)``, which comes first.
    /// - Throws: ``StoreError/invalidDeletion(reason:)``; ``StoreError/file(_:)``,
    ///   ``StoreError/noRoomToDelete(path:neededBytes:freeBytes:)``. Where the record is written
    ///   already it stays, and the next opening goes on with the deletion.
    /// - Returns: What was taken away.
    public mutating func delete(
        _ series: [SeriesID],
        _ deletion: StoreDeletion,
        journalPosition: UInt64
    ) throws(StoreError) -> DeletionReport {
        if let fault = deletion.fault { throw .invalidDeletion(reason: fault) }
        let numbers = Set(series.map(\.rawValue)).sorted()
        if let unknown = numbers.last, unknown >= catalogue.count {
            throw .invalidDeletion(reason: "there is no series \(unknown)")
        }
        let intent = DeletionIntent(
            identity: disk.geometry.identity,
            range: deletion.range.lowerBound.milliseconds...deletion.range.upperBound.milliseconds,
            series: numbers
        )
        try checkpoint(journalPosition: journalPosition)
        do {
            try raw.requireRoom(toRemove: SeriesSet(numbers), in: intent.range)
        } catch {
            throw storeError(error)
        }
        let storage = storage
        try DeletionLog.append(deletion, seriesCount: numbers.count, in: storage)
        try StoreError.wrapping { () throws(FileError) in
            try storage.replace(DeletionIntent.fileName, with: intent.bytes)
        }
        return try carryOut(intent)
    }

    /// How often an opening tries to read what it has to write anew; then it goes on without what
    /// the disk refuses to give, as a checkpoint does.
    private static let attempts = SampleRing.maximumRefusedReads + 1

    /// Carries a deletion out that a crash has left in the middle.
    ///
    /// One that has no room waits on: it must not keep the store from being opened.
    mutating func finishDeletion() throws(StoreError) {
        guard let intent = try DeletionIntent.load(storage) else { return }
        guard intent.identity == disk.geometry.identity,
            intent.series.allSatisfy({ $0 < catalogue.count })
        else {
            throw .damaged(
                path: storage.path(of: DeletionIntent.fileName),
                reason: "the deletion that it names is none of this store"
            )
        }
        for attempt in 1...Self.attempts {
            do {
                _ = try carryOut(intent)
                return
            } catch {
                if case .noRoomToDelete = error { return }
                if attempt == Self.attempts { throw error }
            }
        }
    }

    private func storeError(_ failure: SealFailure) -> StoreError {
        switch failure {
        case .file(let error): .file(error)
        case .noRoom(let needed, let free):
            .noRoomToDelete(
                path: disk.file.path,
                neededBytes: needed * disk.geometry.slotBytes,
                freeBytes: free * disk.geometry.slotBytes
            )
        case .notRolledUp: preconditionFailure("a deletion lets nothing give way")
        }
    }

    private mutating func carryOut(
        _ intent: DeletionIntent
    ) throws(StoreError) -> DeletionReport {
        var report = DeletionReport()
        report.seriesCount = intent.series.count
        do {
            try SealFailure.wrapping { () throws(FileError) in
                try raw.clearUnclearRoot()
                for index in rollups.indices { try rollups[index].ring.clearUnclearRoot() }
            }
            report.sampleCount = try raw.remove(SeriesSet(intent.series), in: intent.range)
            report.summaryCount = try summarizeAnew(intent)
        } catch {
            throw storeError(error)
        }
        forgetLatest(intent.series)
        try StoreError.wrapping { () throws(FileError) in
            try storage.remove(DeletionIntent.fileName)
            try storage.synchronize()
        }
        return report
    }
}
