extension RingStore {
    /// Reads every sample and checks everything that must hold, in memory and on disk; for tests.
    ///
    /// - Throws: ``StoreError/damaged(path:reason:)`` with the first thing that does not hold.
    public func checkInvariants() throws(StoreError) {
        var report = StoreVerification()
        for ring in [raw] + rollups.map(\.ring) { check(ring, &report) }
        for rollup in rollups {
            report.checkFrontier(rollup.ring.root, of: rollup.tier, rawHorizon: raw.root.horizon)
        }
        report.check(catalogue)
        checkSealedLatest(&report)
        checkHead(&report)
        guard let fault = report.faults.first else { return }
        throw .damaged(path: disk.file.path, reason: "\(fault)")
    }

    private func check(_ ring: SampleRing, _ report: inout StoreVerification) {
        let place = "root of \(ring.disk.geometry.tier.fileName)"
        report.check(ring.partitions, horizon: ring.horizon, place: place)
        for index in ring.partitions.indices {
            let times = ring.partitions.times(index)
            for run in ring.partitions[index].runs {
                report.check(run, on: ring.disk, in: times, seriesCount: catalogue.count)
            }
        }
        var used = SeriesSet()
        for slot in ring.partitions.flatMap(\.runs).flatMap(\.record.slots) + ring.pool.unused {
            report.require(!used.contains(slot), "slot \(slot)", "it is in use twice")
            used.insert(slot)
        }
        let count = ring.disk.geometry.slotCount
        report.require(
            used == SeriesSet(below: count),
            place,
            "\(count - used.count) slots are lost"
        )
    }

    /// A time that is too early would let a sample be written twice.
    private func checkSealedLatest(_ report: inout StoreVerification) {
        var samples = SampleRun()
        for run in raw.partitions.flatMap(\.runs) {
            for number in run.series.sorted {
                samples.removeAll()
                // A chunk that cannot be read is a fault already.
                _ = try? run.read(number, in: .min ... .max, into: &samples)
                guard let last = samples.times.last else { continue }
                report.require(
                    sealedLatest[Int(number)] >= last,
                    "series \(number)",
                    "it has later samples than known"
                )
            }
        }
    }

    private func checkHead(_ report: inout StoreVerification) {
        report.require(
            catalogue.count == head.series.count,
            "head",
            "it and the catalogue differ in series"
        )
        for number in 0..<UInt32(catalogue.count) {
            let isFound = find(catalogue.labels(of: number)) == number
            report.require(isFound, "series \(number)", "it is not found by its labels")
        }
        var count = 0
        var samples = SampleRun()
        for number in 0..<head.series.count {
            samples.removeAll()
            head.series[number].copy(.min ... .max, into: &samples)
            count += samples.count
            let isRising = zip(samples.times, samples.times.dropFirst()).allSatisfy { $0 < $1 }
            report.require(isRising, "head", "its times of series \(number) do not rise")
        }
        report.require(
            count == head.sampleCount,
            "head",
            "it holds \(count) samples and counts \(head.sampleCount)"
        )
    }
}
