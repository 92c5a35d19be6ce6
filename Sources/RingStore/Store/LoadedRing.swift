/// What the file of one tier says, read and checked, without its samples.
struct LoadedRing {
    let disk: StoreDisk
    /// The last valid root, without its partitions; damage found now is counted in it.
    private(set) var root: StoreRoot
    private(set) var partitions: [Partition] = []
    /// Runs whose index cannot be read: they are in no partition.
    private(set) var unreadableRuns: [RunRecord] = []

    /// Opens all runs that a root names.
    ///
    /// - Throws: ``StoreError/file(_:)``.
    init(_ disk: StoreDisk, _ root: StoreRoot, seriesCount: Int) throws(StoreError) {
        self.disk = disk
        self.root = root
        let limit = SeriesSet(below: seriesCount * disk.geometry.tier.columnCount)
        for partition in root.partitions {
            var runs: [SealedRun] = []
            for record in partition.runs {
                // A run without its index cannot be read: it is left out and counted.
                let run = try StoreError.wrapping { () throws(FileError) in
                    try SealedRun.open(record, disk: disk)
                }
                if let run, run.series.isSubset(of: limit) {
                    runs.append(run)
                } else {
                    self.root.damagedBlockCount += 1
                    unreadableRuns.append(record)
                }
            }
            partitions.append(Partition(start: partition.start, runs: runs))
        }
        self.root.partitions = []
    }

    /// Lets what was rolled up into runs that cannot be read count as not rolled up, as far back as
    /// the raw tier still has all samples of a bucket: it is answered from those, and the next
    /// checkpoint rolls it up again.
    mutating func setFrontierBack(rawHorizon: Int64) {
        guard let frontier = root.mark.frontier, let width = disk.geometry.tier.bucketMilliseconds,
            let earliest = unreadableRuns.map(\.earliest).min()
        else { return }
        let begin = RollupBuckets(width: width).times(endingAt: earliest).lowerBound
        let settled = RollupTier.firstHorizon(disk.geometry.tier, rawHorizon: rawHorizon)
        let first = max(begin, settled)
        root.mark.frontier = min(frontier, first > .min ? first - 1 : .min)
    }

    /// The ring that goes on from here.
    var ring: SampleRing { SampleRing(disk: disk, root: root, partitions: partitions) }
}
