/// What of one tier is on disk: sealed runs in a file of fixed size, the oldest giving way.
///
/// Changes are made in memory's view, ``partitions``, into free slots; ``commit()`` makes
/// them durable at once, ``revert()`` takes them back.
struct SampleRing {
    let disk: StoreDisk
    /// What is sealed, in rising time; there is always at least one partition.
    var partitions: [Partition]
    /// The same as the last root on disk has it, but for runs that could not be opened.
    private(set) var durablePartitions: [Partition]
    /// Runs that were installed since, whether or not they are still in ``partitions``.
    var newRuns: [SealedRun] = []
    /// Samples before it have given way.
    var horizon: Int64
    /// Samples before it may give way.
    var expendableBefore = Int64.max
    /// Blocks found damaged and given up.
    var damagedBlockCount: UInt64
    /// The last root on disk, without its partitions.
    private(set) var root: StoreRoot
    /// What the next root shall say beside the ring itself.
    var mark: StoreRoot.Mark
    var pool: SlotPool
    /// Sealings in a row that failed because the disk refused to read what was to be merged.
    var refusedReads = 0
    /// Whether a root was being written that may or may not have reached the disk.
    private var isRootUnclear = false

    init(disk: StoreDisk, root: StoreRoot, partitions: [Partition]) {
        self.disk = disk
        self.root = root
        mark = root.mark
        self.partitions = partitions
        durablePartitions = partitions
        horizon = root.horizon
        damagedBlockCount = root.damagedBlockCount
        pool = SlotPool(slotCount: disk.geometry.slotCount, used: partitions.flatMap(\.runs))
    }

    /// Says, of a ring that is filled from another one, that nothing before a time shall be in it.
    mutating func begin(at time: Int64) {
        horizon = time
        root.horizon = time
    }

    /// Slots that the runs in memory's view take.
    var usedSlots: Int {
        partitions.reduce(0) { sum, partition in
            partition.runs.reduce(sum) { $0 + $1.record.slots.count }
        }
    }

    /// Time of the last sample in its runs, or nil when there is none.
    var latest: Int64? { partitions.lazy.flatMap(\.runs).map(\.record.latest).max() }

    /// Lets the oldest partition give way; its slots are free after the next root.
    ///
    /// - Throws: ``SealFailure/notRolledUp(before:)``.
    mutating func dropOldest() throws(SealFailure) {
        try requireExpendable(before: partitions[1].start)
        let oldest = partitions.removeFirst()
        for run in oldest.runs { damagedBlockCount += UInt64(run.damagedChunkCount) }
        horizon = max(horizon, partitions[0].start)
    }

    /// Lets the oldest partitions give way until the next sealing finds room.
    mutating func dropForReserve() throws(SealFailure) {
        let geometry = disk.geometry
        while geometry.slotCount - usedSlots < geometry.reservedSlots, partitions.count > 1 {
            try dropOldest()
        }
    }

    /// Lets all samples before a time give way.
    mutating func expire(before end: Int64) throws(SealFailure) {
        guard end > horizon else { return }
        try requireExpendable(before: end)
        while partitions.count > 1, partitions[1].start <= end { try dropOldest() }
        horizon = end
    }

    /// Checks that everything before a time may give way.
    func requireExpendable(before time: Int64) throws(SealFailure) {
        if time > expendableBefore { throw .notRolledUp(before: time) }
    }

    /// Makes the partitions as they are now durable: samples, then the root, then the root once
    /// more in the place of the one before.
    ///
    /// The second one is for a disk that changes a bit: the root before would be a valid one, of a
    /// ring as it was once, and nothing would tell.
    mutating func commit() throws(FileError) {
        try disk.file.synchronizeData()
        var next = root
        next.sequence += 1
        next.mark = mark
        next.horizon = horizon
        next.damagedBlockCount = damagedBlockCount
        next.partitions = partitions.map { partition in
            .init(start: partition.start, runs: partition.runs.map(\.record))
        }
        isRootUnclear = true
        try disk.write(next)
        isRootUnclear = false
        var second = next
        second.sequence += 1
        // It names what the first one does: where it is not on the disk, that one counts.
        root = (try? disk.write(second)) == nil ? next : second
        root.partitions = []
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
    /// opening can no longer find it. And its horizon is not the one that samples are judged by.
    mutating func clearUnclearRoot() throws(FileError) {
        guard isRootUnclear else { return }
        let zeros = [UInt8](repeating: 0, count: StoreGeometry.pageBytes)
        try unsafe disk.file.write(
            zeros.span.bytes,
            at: disk.geometry.rootOffset(root.sequence + 1)
        )
        try disk.file.synchronizeData()
        isRootUnclear = false
    }

    /// Goes back to what the last root says.
    mutating func revert() {
        for run in newRuns { pool.giveBack(run.record.slots) }
        newRuns.removeAll()
        partitions = durablePartitions
        mark = root.mark
        horizon = root.horizon
        damagedBlockCount = root.damagedBlockCount
    }
}
