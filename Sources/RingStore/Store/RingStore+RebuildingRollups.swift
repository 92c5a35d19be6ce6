internal import Telemetry

extension RingStore {
    /// Fills the file of a rollup tier with the rows of an old one, if there was one.
    mutating func fill(
        _ disk: StoreDisk,
        from old: LoadedStore,
        _ numbers: inout [SeriesID?],
        _ report: inout StoreRebuild
    ) throws(StoreError) {
        let tier = disk.geometry.tier
        var ring = try LoadedRing(disk, StoreRoot.empty(tier), seriesCount: 0).ring
        let known = old.rollups.first { $0.disk.geometry.tier == tier }
        guard let known, let frontier = known.root.mark.frontier, frontier > .min else {
            ring.begin(at: RollupTier.firstHorizon(tier, rawHorizon: raw.horizon))
            try StoreError.wrapping { () throws(FileError) in try ring.commit() }
            return
        }
        if raw.horizon > max(old.raw.root.horizon, frontier + 1) {
            throw .invalidSettings(
                reason: "the raw tier would lose samples after \(Instant(milliseconds: frontier)), "
                    + "which the \(tier.rawValue) tier has no summaries of yet; choose a larger one"
            )
        }
        ring.begin(at: known.root.horizon)
        ring.mark.frontier = frontier
        ring.mark.checkpointCount = known.root.mark.checkpointCount
        ring.damagedBlockCount = known.root.damagedBlockCount
        for index in known.partitions.indices {
            try take(known, index, old.catalogue, into: &ring, &numbers)
        }
        for run in known.partitions.flatMap(\.runs) {
            report.damagedBlockCount += run.damagedChunkCount
        }
        report.damagedBlockCount += known.unreadableRuns.count
        let isDropped = ring.horizon > known.root.horizon
        report.rollups.append(
            RollupRebuild(
                tier: tier,
                bytesBefore: known.disk.geometry.tierBytes,
                bytes: disk.geometry.tierBytes,
                droppedBefore: isDropped ? Instant(milliseconds: ring.horizon) : nil
            )
        )
    }

    /// Copies the rows of a partition.
    private mutating func take(
        _ old: LoadedRing,
        _ index: Int,
        _ catalogue: SeriesCatalogue,
        into ring: inout SampleRing,
        _ numbers: inout [SeriesID?]
    ) throws(StoreError) {
        let times = old.partitions.times(index)
        let lowest = max(times.lowerBound, old.root.horizon)
        guard lowest <= times.upperBound else { return }
        var present = SeriesSet()
        for run in old.partitions[index].runs { present.formUnion(run.series) }
        for number in present.sorted {
            _ = try series(RollupColumn.parts(of: number).series, in: catalogue, &numbers)
        }
        // Labels are on the disk before the rows of their series.
        if storedCatalogue.seriesCount < self.catalogue.count {
            try checkpoint(journalPosition: journalPosition)
        }
        var source = RowCopySource(old.partitions[index], lowest...times.upperBound) {
            numbers[Int($0)]?.rawValue ?? .max
        }
        do {
            try ring.seal(&source)
            try ring.dropForReserve()
            try SealFailure.wrapping { () throws(FileError) in try ring.commit() }
        } catch .file(let error) {
            throw .file(error)
        } catch {
            preconditionFailure("a rollup tier may let go of anything")
        }
    }
}
