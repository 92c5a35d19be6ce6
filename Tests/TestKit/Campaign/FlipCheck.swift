internal import RingStore
internal import Telemetry

/// Changes a bit of what a power cut left, opens it, and checks that damage is told or harmless.
struct FlipCheck {
    let stop: StopCheck

    /// Changes a bit and checks.
    ///
    /// Told means: the opening or a read throws, blocks are counted as damaged, the journal
    /// cleared what seemed to be cut short, or its chain has a fault. A store that tells of no
    /// damage must be exactly as the model says; one that does may lack samples, and show an older
    /// value of one, but nothing that was never given.
    ///
    /// - Throws: ``CampaignFault``.
    /// - Returns: Whether the change was told.
    func run(
        _ state: DiskState,
        using generator: inout SeededGenerator
    ) throws -> Bool {
        var state = state
        guard let place = flip(&state, using: &generator) else { return false }
        let disk = FaultyDisk(stop.root, state)
        do {
            var storage = try CampaignStorage.open(
                disk,
                stop.episode.records,
                rollups: stop.episode.plan.rollups
            )
            let path = disk.path(of: CampaignStorage.folder)
            let chain = try JournalReader(folder: path, calls: disk).verifyChain()
            return try check(&storage, isChainWhole: chain.faults.isEmpty)
        } catch let fault as CampaignFault {
            throw CampaignFault("a bit of \(place) changed: \(fault)")
        } catch is StoreError {
            return true
        } catch is JournalError {
            return true
        } catch is SampleRecordFault {
            return true
        }
    }

    /// Changes a bit of a byte that is not zero, most of which are in use.
    private func flip(
        _ state: inout DiskState,
        using generator: inout SeededGenerator
    ) -> String? {
        let folder = CampaignStorage.folder
        let files = ["store", "journal"] + StoreTier.rollups.map { "store.\($0.rawValue)" }
        let names = files.map { "\(folder)/\($0)" }.filter { state.bytes(named: $0) != nil }
        guard let name = names.randomElement(using: &generator) else { return nil }
        guard let bytes = state.bytes(named: name), !bytes.isEmpty else { return nil }
        var place = Int.random(in: 0..<bytes.count, using: &generator)
        while place < bytes.count, bytes[place] == 0 { place += 1 }
        guard place < bytes.count else { return nil }
        state.flip(name, at: place, by: 1 << UInt8.random(in: 0..<8, using: &generator))
        return "byte \(place) of \(name)"
    }

    private func check(
        _ storage: inout CampaignStorage,
        isChainWhole: Bool
    ) throws -> Bool {
        let truth = stop.truth
        let isJournalTold = !isChainWhole || storage.journal.statistics.clearedBytes > 0
        // A run whose index is damaged is counted at the opening, and all of its samples lack.
        let isTold = isJournalTold || storage.store.statistics.damagedBlockCount > 0
        if isTold {
            for series in 0..<truth.model.seriesCount { try requireGiven(series, &storage) }
            return true
        }
        let numbers = try truth.requireRecords(storage.recovered)
        var faults: [CampaignFault] = []
        for model in truth.models(with: numbers) {
            do {
                return try compare(&storage, model.refusing(storage.refused))
            } catch let fault as CampaignFault {
                faults.append(fault)
            }
        }
        throw CampaignFault("\(faults)")
    }

    /// Compares all that can be read, and tells whether anything could not.
    private func compare(_ storage: inout CampaignStorage, _ model: CampaignModel) throws -> Bool {
        var isRefused = false
        var buffer = SampleBuffer()
        var summaries = CampaignSummaries(seed: 1)
        for series in 0..<model.seriesCount {
            do {
                try storage.compare(with: model, series...series, &buffer)
                try summaries.compare(&storage, with: model, series...series)
            } catch is SeriesSourceError {
                isRefused = true
            }
        }
        return isRefused
    }

    private func requireGiven(
        _ series: Int,
        _ storage: inout CampaignStorage
    ) throws {
        var buffer = SampleBuffer()
        let identifier = try storage.store.series(for: CampaignSample.labels(series))
        let snapshot = storage.store.snapshot()
        do {
            try snapshot.read(identifier, in: .distantPast ... .distantFuture, into: &buffer)
        } catch {
            return
        }
        for (time, value) in zip(buffer.times, buffer.values) {
            let sample = CampaignSample(series: series, time: time, bits: value.bitPattern)
            guard stop.episode.given.contains(sample) else {
                throw CampaignFault("series \(series) has \(value) at \(time), never given")
            }
        }
    }
}
