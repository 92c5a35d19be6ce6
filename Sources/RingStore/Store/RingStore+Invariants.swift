extension RingStore {
    /// Reads every sample and checks everything that must hold, in memory and on disk; for tests.
    ///
    /// - Throws: ``StoreError/damaged(path:reason:)`` with the first thing that does not hold.
    public func checkInvariants() throws(StoreError) {
        var report = StoreVerification()
        report.check(raw.partitions, horizon: raw.horizon)
        report.check(catalogue)
        for index in raw.partitions.indices {
            let times = raw.partitions.times(index)
            for run in raw.partitions[index].runs {
                report.check(run, on: disk, in: times, seriesCount: catalogue.count)
            }
        }
        checkSlots(&report)
        checkSealedLatest(&report)
        checkHead(&report)
        guard let fault = report.faults.first else { return }
        throw .damaged(path: disk.file.path, reason: "\(fault)")
    }

    private func checkSlots(_ report: inout StoreVerification) {
        var used = SeriesSet()
        for slot in raw.partitions.flatMap(\.runs).flatMap(\.record.slots) + raw.pool.unused {
            report.require(!used.contains(slot), "slot \(slot)", "it is in use twice")
            used.insert(slot)
        }
        let count = disk.geometry.slotCount
        report.require(
            used == SeriesSet(below: count),
            "slots",
            "\(count - used.count) of them are lost"
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
