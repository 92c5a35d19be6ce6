extension RingStore {
    /// Reads every sample and checks everything that must hold; for tests and for `verify`.
    ///
    /// - Throws: ``StoreError/damaged(path:reason:)`` with the first thing that does not hold.
    public func checkInvariants() throws(StoreError) {
        try checkPartitions()
        try checkSlots()
        for index in partitions.indices {
            for run in partitions[index].runs { try check(run, partitions.times(index)) }
        }
        try checkCatalogue()
        try checkHead()
    }

    private func require(_ holds: Bool, _ otherwise: @autoclosure () -> String) throws(StoreError) {
        guard holds else { throw .damaged(path: disk.file.path, reason: otherwise()) }
    }

    private func checkPartitions() throws(StoreError) {
        try require(!partitions.isEmpty, "it has no partition")
        for (before, after) in zip(partitions, partitions.dropFirst()) {
            try require(before.start < after.start, "its partitions do not rise")
            try require(after.start > horizon, "a partition lies before the horizon")
        }
        try require(partitions[0].start <= horizon, "times after the horizon have no partition")
    }

    private func checkSlots() throws(StoreError) {
        var used = SeriesSet()
        for slot in partitions.flatMap(\.runs).flatMap(\.record.slots) + pool.unused {
            try require(!used.contains(slot), "slot \(slot) is in use twice")
            used.insert(slot)
        }
        let count = disk.geometry.slotCount
        try require(used == SeriesSet(below: count), "\(count - used.count) slots are lost")
    }

    private func check(_ run: SealedRun, _ times: ClosedRange<Int64>) throws(StoreError) {
        let record = run.record
        try require(
            times.contains(record.earliest) && times.contains(record.latest),
            "a run reaches beyond its partition"
        )
        var samples = SampleRun()
        var count = 0
        var range = Int64.max...Int64.max
        var latest = Int64.min
        for number in run.series.sorted {
            samples.removeAll()
            do {
                try run.read(number, in: .min ... .max, into: &samples)
            } catch {
                try require(false, "the run of series \(number) cannot be read: \(error)")
            }
            guard let first = samples.times.first, let last = samples.times.last else {
                try require(false, "a run has no samples of series \(number)")
                continue
            }
            for (before, after) in zip(samples.times, samples.times.dropFirst()) {
                try require(before < after, "the times of series \(number) do not rise")
            }
            count += samples.count
            range = min(range.lowerBound, first)...Int64.max
            latest = max(latest, last)
            try require(sealedLatest[Int(number)] >= last, "series \(number) is later than known")
        }
        try require(
            count == record.sampleCount && range.lowerBound == record.earliest
                && latest == record.latest,
            "a run does not hold what its root says"
        )
    }

    private func checkCatalogue() throws(StoreError) {
        try require(catalogue.count == head.series.count, "head and catalogue differ in series")
        for number in 0..<UInt32(catalogue.count) {
            let labels = catalogue.labels(of: number)
            try require(find(labels) == number, "series \(number) is not found by its labels")
            for label in catalogue.labelNumbers(of: number) {
                let series = catalogue.index.entries[Int(label)].series
                try require(series.contains(number), "label \(label) lacks series \(number)")
            }
        }
    }

    private func checkHead() throws(StoreError) {
        var count = 0
        var samples = SampleRun()
        for number in 0..<head.series.count {
            samples.removeAll()
            head.series[number].copy(.min ... .max, into: &samples)
            count += samples.count
            for (before, after) in zip(samples.times, samples.times.dropFirst()) {
                try require(before < after, "the head's times of series \(number) do not rise")
            }
        }
        try require(count == head.sampleCount, "the head holds \(count) samples and counts others")
    }
}
