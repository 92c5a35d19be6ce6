public import Telemetry

extension RingStore {
    /// Puts everything appended so far on disk; when it returns, the journal is needed only from
    /// the position on.
    ///
    /// Costs a pass over the samples in memory and a rewriting of the smaller runs that lie in
    /// their stretches of time; now and then of a whole stretch, up to 32 MiB. Two waits for the
    /// disk. Samples older than the retention, or those that the tier has no room for, give way;
    /// the oldest always, so that newer ones find room.
    ///
    /// - Parameters:
    ///   - journalPosition: What ``journalPosition`` shall say after the next opening: the
    ///     journal's
    ///     position behind the last record whose samples were appended.
    ///   - now: The time of day, from which the retention is measured; nil leaves it out.
    /// - Throws: ``StoreError/file(_:)``. Everything is then as before, in memory and after an
    ///   opening, but that some of the oldest samples may have given way already; try again later.
    public mutating func checkpoint(
        journalPosition: UInt64,
        at now: Instant? = nil
    ) throws(StoreError) {
        var labels = storedCatalogue
        do {
            try SealFailure.wrapping { () throws(FileError) in
                try raw.clearUnclearRoot()
                for index in rollups.indices { try rollups[index].ring.clearUnclearRoot() }
                labels = try writeLabels()
            }
            try rollUp(at: now)
            try seal(journalPosition, at: now)
            raw.mark.journalPosition = journalPosition
            raw.mark.summarized.forget(before: journalPosition)
            raw.mark.checkpointCount += 1
            try SealFailure.wrapping { () throws(FileError) in try raw.commit() }
        } catch {
            raw.revert()
            // Else what comes next would be judged by a horizon that a crash may replace. Where the
            // disk refuses this as well, the next checkpoint tries it again first.
            _ = try? raw.clearUnclearRoot()
            noteStored(labels)
            noteHorizon()
            switch error {
            case .file(let error): throw .file(error)
            case .notRolledUp, .noRoom:
                preconditionFailure("whatever was in the way is rolled up")
            }
        }
        noteStored(labels)
        noteHorizon()
        for number in 0..<head.series.count {
            guard let times = head.series[number].times else { continue }
            sealedLatest[number] = max(sealedLatest[number], times.upperBound)
        }
        let isWorthwhile = head.byteCount >= FreedMemory.worthwhileBytes
        head = StoreHead(seriesCount: catalogue.count)
        if isWorthwhile { FreedMemory.giveBack() }
    }

    /// Seals the head in the raw tier, in memory's view, and lets the oldest samples give way.
    private mutating func seal(
        _ journalPosition: UInt64,
        at now: Instant?
    ) throws(SealFailure) {
        while true {
            // Any root from here on may let go of samples that the journal will bring again.
            if !rollups.isEmpty {
                raw.mark.summarized.extend(to: journalPosition, lateFrom: carriedBefore)
            }
            do {
                if let now { try expire(now) }
                var source = HeadSource(head: head)
                try raw.seal(&source)
                try raw.dropForReserve()
                return
            } catch .notRolledUp(let time) {
                raw.revert()
                try rollUp(before: time)
            }
        }
    }

    /// Writes labels that are not on disk behind those that are; they count with the next root.
    ///
    /// Where there are rollup tiers that is written at once: a summary must never be there before
    /// the labels of its series.
    ///
    /// - Returns: How far they reach then.
    private mutating func writeLabels() throws(FileError) -> CatalogueBatch.Position {
        let batch = CatalogueBatch.encode(
            catalogue,
            after: storedCatalogue,
            identity: disk.geometry.identity
        )
        guard !batch.isEmpty else { return storedCatalogue }
        let offset = disk.geometry.catalogueOffset + storedCatalogue.byteCount
        try unsafe disk.file.write(batch.span.bytes, at: offset)
        let labels = CatalogueBatch.Position(
            seriesCount: catalogue.count,
            labelCount: catalogue.labelCount,
            byteCount: storedCatalogue.byteCount + UInt64(batch.count)
        )
        if let offset = disk.geometry.secondCatalogueOffset(endingAt: labels.byteCount) {
            try unsafe disk.file.write(batch.span.bytes, at: offset + storedCatalogue.byteCount)
        }
        raw.mark.catalogueBytes = labels.byteCount
        if !rollups.isEmpty {
            try raw.commit()
            noteStored(labels)
        }
        return labels
    }

    /// Remembers that labels are on disk if the last root counts them.
    private mutating func noteStored(_ labels: CatalogueBatch.Position) {
        guard raw.root.mark.catalogueBytes == labels.byteCount else { return }
        storedCatalogue = labels
        // Those that could not be written still need their room.
        if labels.seriesCount == catalogue.count { pendingCatalogueBytes = 0 }
    }

    /// Lets samples give way that are older than the retention.
    private mutating func expire(_ now: Instant) throws(SealFailure) {
        guard let retention = settings.retention else { return }
        let newest = max(head.times?.upperBound ?? .min, raw.latest ?? .min)
        let end = min(now, Instant(milliseconds: newest)) - retention
        try raw.expire(before: end.milliseconds)
    }
}
