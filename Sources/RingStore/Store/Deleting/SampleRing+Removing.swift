extension SampleRing {
    /// Removes the samples of some series in a range of times, partition by partition, each durable
    /// before the next.
    ///
    /// Costs rewriting every partition that has any of them.
    ///
    /// - Throws: ``SealFailure/file(_:)``; ``SealFailure/noRoom(neededSlots:freeSlots:)`` when a
    ///   partition cannot be written a second time without losing samples. What is done so far
    ///   stays.
    /// - Returns: How many were removed.
    mutating func remove(
        _ numbers: SeriesSet,
        in range: ClosedRange<Int64>
    ) throws(SealFailure) -> Int {
        var source = RemovalSource(numbers, in: range)
        for start in partitions.map(\.start) {
            guard let index = partitions.firstIndex(where: { $0.start == start }),
                partitions[index].mayHold(numbers, in: range)
            else { continue }
            try requireRoom(toRewrite: partitions[index])
            do {
                try rewrite(start, &source)
                try SealFailure.wrapping { () throws(FileError) in try commit() }
            } catch {
                revert()
                throw error
            }
        }
        return source.removedCount
    }

    /// Checks that every partition that a removal touches can be written a second time.
    ///
    /// - Throws: ``SealFailure/noRoom(neededSlots:freeSlots:)``.
    func requireRoom(
        toRemove numbers: SeriesSet,
        in range: ClosedRange<Int64>
    ) throws(SealFailure) {
        for partition in partitions where partition.mayHold(numbers, in: range) {
            try requireRoom(toRewrite: partition)
        }
    }

    private func requireRoom(toRewrite partition: Partition) throws(SealFailure) {
        let needed = partition.runs.reduce(1) { $0 + $1.record.slots.count }
        let free = pool.unused.count
        guard free >= needed else { throw .noRoom(neededSlots: needed, freeSlots: free) }
    }
}

extension Partition {
    /// Whether it may hold samples of any of some series in a range of times.
    fileprivate func mayHold(_ numbers: SeriesSet, in range: ClosedRange<Int64>) -> Bool {
        runs.contains { $0.mayHold(numbers, in: range) }
    }
}

extension SealedRun {
    /// Whether it may hold samples of any of some series in a range of times.
    fileprivate func mayHold(_ numbers: SeriesSet, in range: ClosedRange<Int64>) -> Bool {
        guard times.overlaps(range) else { return false }
        var common = series
        common.formIntersection(numbers)
        return !common.isEmpty
    }
}
