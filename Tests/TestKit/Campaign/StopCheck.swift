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
    ///   - isThorough: Whether everything else is checked as well: all files whole, and that they
    ///     go on.
    ///   - summaries: Draws what is asked of rollup tiers.
    /// - Throws: ``CampaignFault`` with what does not hold; what store and journal throw.
    func run(
        _ state: DiskState,
        _ series: Range<Int>,
        isThorough: Bool,
        _ summaries: inout CampaignSummaries
    ) throws {
        let disk = FaultyDisk(root, state)
        var storage = try open(disk, episode.records)
        let others = try truth.requireRecords(storage.recovered)
        let models = truth.models(with: others)
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
        guard figures.seriesCount <= models[0].seriesCount else {
            throw CampaignFault(
                "\(figures.seriesCount) series, given were \(models[0].seriesCount)"
            )
        }
        try requireTaken(storage.refused, others, since: horizon)
        var buffer = SampleBuffer()
        let model = try matching(models, &storage, &buffer)
        try storage.compare(with: model, series, &buffer)
        try summaries.compare(&storage, with: model, series)
        guard isThorough else { return }
        try checkDeletions(state)
        try storage.store.checkInvariants()
        try storage.store.checkpoint(journalPosition: storage.journal.head)
        try storage.store.checkInvariants()
        try storage.compare(with: model, 0..<model.seriesCount, &buffer)
        try summaries.compare(&storage, with: model, 0..<model.seriesCount)
        storage.close()
        try checkFiles(disk)
        try goOn(disk, model, &summaries)
    }

    private func open(
        _ disk: FaultyDisk,
        _ records: [CampaignRecord]
    ) throws -> CampaignStorage {
        try CampaignStorage.open(disk, records, rollups: episode.plan.rollups)
    }

    /// Checks that nothing is refused now that was taken before the power cut.
    private func requireTaken(
        _ refused: [CampaignSample],
        _ others: ArraySlice<Int>,
        since horizon: Int64
    ) throws {
        guard !refused.isEmpty else { return }
        // Of a commit under way nothing was taken yet.
        let fresh = Set(others.flatMap { episode.records[$0].samples })
        for sample in refused where sample.time >= horizon && !fresh.contains(sample) {
            guard truth.model.hasRefused(sample) else {
                throw CampaignFault(
                    "series \(sample.series) refuses a sample at \(sample.time) that it had taken"
                )
            }
        }
    }

    /// The model that a store is like, of those before and after a deletion: all of it is done, or
    /// nothing.
    private func matching(
        _ models: [CampaignModel],
        _ storage: inout CampaignStorage,
        _ buffer: inout SampleBuffer
    ) throws -> CampaignModel {
        let models = models.map { $0.refusing(storage.refused) }
        guard let deletion = truth.deletion else { return models[0] }
        var faults: [CampaignFault] = []
        for model in models {
            do {
                try storage.compare(with: model, deletion.series, &buffer)
                return model
            } catch let fault as CampaignFault {
                faults.append(fault)
            }
        }
        throw CampaignFault("in the middle of a deletion: \(faults)")
    }

    /// Checks that each deletion is on record.
    private func checkDeletions(_ state: DiskState) throws {
        let path = "\(CampaignStorage.folder)/\(DeletionLog.fileName)"
        let count = (state.bytes(named: path) ?? []).count { $0 == UInt8(ascii: "\n") }
        guard count >= truth.deletionCount else {
            throw CampaignFault("of \(truth.deletionCount) deletions \(count) are on record")
        }
    }

    private func checkFiles(_ disk: FaultyDisk) throws {
        let path = disk.path(of: CampaignStorage.folder)
        let report = try StoreVerification.run(folder: path, calls: disk)
        if let fault = report.faults.first { throw CampaignFault("verification: \(fault)") }
        let chain = try JournalReader(folder: path, calls: disk).verifyChain()
        if let fault = chain.faults.first { throw CampaignFault("the journal's chain: \(fault)") }
    }

    /// Commits a record that was given before, loses the power, and opens once more.
    private func goOn(
        _ disk: FaultyDisk,
        _ model: CampaignModel,
        _ summaries: inout CampaignSummaries
    ) throws {
        guard let number = truth.committed.last else { return }
        var model = model
        let record = episode.records[number]
        do {
            var storage = try open(disk, episode.records)
            let batch = RecordBatch()
            try record.append(number: episode.records.count, to: batch, &storage)
            storage.journal.protect(from: storage.store.journalPosition)
            try storage.journal.commit(batch)
            for sample in record.samples { model.put(sample) }
            storage.close()
        }
        disk.cutPower(seed: 1)
        var storage = try open(disk, episode.records + [record])
        model = model.refusing(storage.refused)
        guard storage.recovered.last == episode.records.count else {
            throw CampaignFault("a commit after the recovery is lost")
        }
        var buffer = SampleBuffer()
        try storage.compare(with: model, 0..<model.seriesCount, &buffer)
        try summaries.compare(&storage, with: model, 0..<model.seriesCount)
        storage.close()
    }
}
