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
        do {
            try clearUnclearRoot()
            if let now { expire(now) }
            for start in partitions.map(\.start).reversed() {
                try seal(start)
            }
            let slotCount = disk.geometry.slotCount
            while slotCount - usedSlots < disk.geometry.reservedSlots, partitions.count > 1 {
                dropOldest()
            }
            try commitRoot(journalPosition: journalPosition, isCheckpoint: true)
        } catch {
            revert()
            throw .file(error)
        }
        for number in 0..<head.series.count {
            guard let times = head.series[number].times else { continue }
            sealedLatest[number] = max(sealedLatest[number], times.upperBound)
        }
        head = StoreHead(seriesCount: catalogue.count)
    }

    /// Slots that the runs in memory's view take.
    var usedSlots: Int {
        partitions.reduce(0) { sum, partition in
            partition.runs.reduce(sum) { $0 + $1.record.slots.count }
        }
    }

    /// Lets the oldest partition give way; its slots are free after the next root.
    mutating func dropOldest() {
        let oldest = partitions.removeFirst()
        for run in oldest.runs { damagedBlockCount += UInt64(run.damagedChunkCount) }
        horizon = max(horizon, partitions[0].start)
    }

    /// Makes the partitions as they are now durable: labels, samples, then the root.
    mutating func commitRoot(
        journalPosition: UInt64,
        isCheckpoint: Bool
    ) throws(FileError) {
        let geometry = disk.geometry
        let batch = CatalogueBatch.encode(
            catalogue,
            after: storedCatalogue,
            identity: geometry.identity
        )
        var stored = storedCatalogue
        if !batch.isEmpty {
            let offset = geometry.catalogueOffset + stored.byteCount
            try unsafe disk.file.write(batch.span.bytes, at: offset)
            stored.seriesCount = catalogue.count
            stored.labelCount = catalogue.labelCount
            stored.byteCount += UInt64(batch.count)
        }
        try disk.file.synchronizeData()
        var next = root
        next.sequence += 1
        next.checkpointCount += isCheckpoint ? 1 : 0
        next.journalPosition = journalPosition
        next.horizon = horizon
        next.catalogueBytes = stored.byteCount
        next.damagedBlockCount = damagedBlockCount
        next.partitions = partitions.map { partition in
            .init(start: partition.start, runs: partition.runs.map(\.record))
        }
        let bytes = next.bytes(identity: geometry.identity)
        isRootUnclear = true
        try unsafe disk.file.write(bytes.span.bytes, at: geometry.rootOffset(next.sequence))
        try disk.file.synchronizeData()
        isRootUnclear = false
        next.partitions = []
        root = next
        storedCatalogue = stored
        pendingCatalogueBytes = 0
        let kept = Set(partitions.lazy.flatMap(\.runs).map(\.record.number))
        for run in durablePartitions.lazy.flatMap(\.runs) where !kept.contains(run.record.number) {
            pool.retire(run)
        }
        for run in newRuns where !kept.contains(run.record.number) {
            pool.giveBack(run.record.slots)
        }
        newRuns.removeAll()
        durablePartitions = partitions
    }

    /// Takes away a root of which nobody knows whether it reached the disk.
    ///
    /// It names slots that are free since its checkpoint failed: none may be written before an
    /// opening can no longer find it.
    private mutating func clearUnclearRoot() throws(FileError) {
        guard isRootUnclear else { return }
        let zeros = [UInt8](repeating: 0, count: StoreGeometry.pageBytes)
        try unsafe disk.file.write(
            zeros.span.bytes,
            at: disk.geometry.rootOffset(root.sequence + 1)
        )
        try disk.file.synchronizeData()
        isRootUnclear = false
    }

    /// Goes back to what the last root says; the head still has all that is newer.
    private mutating func revert() {
        for run in newRuns { pool.giveBack(run.record.slots) }
        newRuns.removeAll()
        partitions = durablePartitions
        horizon = root.horizon
        damagedBlockCount = root.damagedBlockCount
    }

    /// Lets samples give way that are older than the retention.
    private mutating func expire(_ now: Instant) {
        guard let retention = settings.retention else { return }
        let latest = partitions.last?.runs.map(\.record.latest).max() ?? .min
        let newest = max(head.times?.upperBound ?? .min, latest)
        let end = (min(now, Instant(milliseconds: newest)) - retention).milliseconds
        guard end > horizon else { return }
        while partitions.count > 1, partitions[1].start <= end { dropOldest() }
        horizon = end
    }
}
