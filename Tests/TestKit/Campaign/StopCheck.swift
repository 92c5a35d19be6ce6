internal import RingStore
internal import Telemetry

/// Opens what a power cut left, and compares it with the truth.
struct StopCheck {
    let episode: Episode
    let truth: EpisodeTruth
    /// The real folder for the locks of the disks that are checked.
    let root: TemporaryFolder

    /// Checks one state of the disk.
    ///
    /// - Parameters:
    ///   - state: What a power cut left.
    ///   - series: Which series are compared.
    ///   - isThorough: Whether everything else is checked as well: both files whole, and that both
    ///     go on.
    /// - Throws: ``CampaignFault`` with what does not hold; what store and journal throw.
    func run(_ state: DiskState, _ series: Range<Int>, isThorough: Bool) throws {
        let disk = FaultyDisk(root, state)
        var storage = try CampaignStorage.open(disk, episode.records)
        var model = truth.model
        for number in try truth.requireRecords(storage.recovered) {
            for sample in episode.records[number].samples { model.put(sample) }
        }
        let figures = storage.store.statistics
        guard figures.journalPosition >= truth.position else {
            throw CampaignFault(
                "the checkpoint at \(truth.position) is lost: \(figures.journalPosition)"
            )
        }
        guard figures.damagedBlockCount == 0 else {
            throw CampaignFault("\(figures.damagedBlockCount) blocks are damaged")
        }
        let horizon = figures.horizon.milliseconds
        guard (truth.horizon...truth.latestHorizon).contains(horizon) else {
            throw CampaignFault(
                "the horizon is \(horizon), not in \(truth.horizon)...\(truth.latestHorizon)"
            )
        }
        guard figures.seriesCount <= model.seriesCount else {
            throw CampaignFault("\(figures.seriesCount) series, given were \(model.seriesCount)")
        }
        var buffer = SampleBuffer()
        try storage.compare(with: model, series, &buffer)
        guard isThorough else { return }
        try storage.store.checkInvariants()
        try storage.store.checkpoint(journalPosition: storage.journal.head)
        try storage.store.checkInvariants()
        try storage.compare(with: model, 0..<model.seriesCount, &buffer)
        storage.close()
        try checkFiles(disk)
        try goOn(disk, model)
    }

    private func checkFiles(_ disk: FaultyDisk) throws {
        let path = disk.path(of: CampaignStorage.folder)
        let report = try StoreVerification.run(folder: path, calls: disk)
        if let fault = report.faults.first { throw CampaignFault("verification: \(fault)") }
        let chain = try JournalReader(folder: path, calls: disk).verifyChain()
        if let fault = chain.faults.first { throw CampaignFault("the journal's chain: \(fault)") }
    }

    /// Commits a record that was given before, loses the power, and opens once more.
    private func goOn(_ disk: FaultyDisk, _ model: CampaignModel) throws {
        guard let number = truth.committed.last else { return }
        var model = model
        let next = CampaignRecord.firstArrival + Int64(episode.records.count)
        do {
            var storage = try CampaignStorage.open(disk, episode.records)
            let batch = RecordBatch()
            try batch.append(
                kind: .message,
                receivedAt: Instant(milliseconds: next),
                payload: episode.records[number].payload
            )
            storage.journal.protect(from: storage.store.journalPosition)
            try storage.journal.commit(batch)
            for sample in episode.records[number].samples { model.put(sample) }
            storage.close()
        }
        disk.cutPower(seed: 1)
        var storage = try CampaignStorage.open(disk, episode.records + [episode.records[number]])
        guard storage.recovered.last == episode.records.count else {
            throw CampaignFault("a commit after the recovery is lost")
        }
        var buffer = SampleBuffer()
        try storage.compare(with: model, 0..<model.seriesCount, &buffer)
        storage.close()
    }
}
