internal import Telemetry

/// One tier as a snapshot reads it.
struct TierView: Sendable {
    let tier: StoreTier
    /// What is sealed, in rising time.
    let partitions: [Partition]
    /// Times before it have given way.
    let horizon: Int64
    /// The last root on disk, without its partitions.
    let root: StoreRoot
    let geometry: StoreGeometry
    /// Blocks found damaged and given up.
    let damagedBlockCount: UInt64
    /// Runs whose index cannot be read.
    let unreadableRuns: [RunRecord]

    /// What a ring holds now.
    init(_ ring: SampleRing) {
        tier = ring.disk.geometry.tier
        partitions = ring.partitions
        horizon = ring.horizon
        root = ring.root
        geometry = ring.disk.geometry
        damagedBlockCount = ring.damagedBlockCount
        unreadableRuns = []
    }

    /// What a file says.
    init(_ loaded: LoadedRing) {
        tier = loaded.disk.geometry.tier
        partitions = loaded.partitions
        horizon = loaded.root.horizon
        root = loaded.root
        geometry = loaded.disk.geometry
        damagedBlockCount = loaded.root.damagedBlockCount
        unreadableRuns = loaded.unreadableRuns
    }

    /// Figures of the tier; costs a pass over the runs.
    var statistics: TierStatistics {
        var figures = TierStatistics(tier)
        figures.horizon = Instant(milliseconds: horizon)
        figures.frontier = root.mark.frontier.map { Instant(milliseconds: $0) }
        figures.budgetBytes = geometry.tierBytes
        figures.fileBytes = geometry.fileBytes
        figures.damagedBlockCount = Int(clamping: damagedBlockCount)
        for run in partitions.lazy.flatMap(\.runs) {
            figures.valueCount += run.record.sampleCount
            figures.runCount += 1
            figures.usedBytes += UInt64(run.record.slots.count * geometry.slotBytes)
            figures.encodedBytes += UInt64(run.record.dataBytes + run.record.indexBytes)
            figures.indexBytes += UInt64(run.record.indexBytes)
            figures.damagedBlockCount += run.damagedChunkCount
        }
        return figures
    }
}
