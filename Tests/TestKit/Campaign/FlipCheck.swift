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
            var storage = try CampaignStorage.open(disk, stop.episode.records)
            let path = disk.path(of: CampaignStorage.folder)
            let chain = try JournalReader(folder: path, calls: disk).verifyChain()
            return try check(&storage, isChainWhole: chain.faults.isEmpty)
        } catch let fault as CampaignFault {
            throw CampaignFault("a bit of \(place) changed: \(fault)")
        } catch is StoreError {
            return true
        } catch is JournalError {
            return true
        }
    }

    /// Changes a bit of a byte that is not zero, most of which are in use.
    private func flip(
        _ state: inout DiskState,
        using generator: inout SeededGenerator
    ) -> String? {
        let name =
            "\(CampaignStorage.folder)/\(Bool.random(using: &generator) ? "store" : "journal")"
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
        var model = truth.model
        if !isJournalTold {
            for number in try truth.requireRecords(storage.recovered) {
                for sample in stop.episode.records[number].samples { model.put(sample) }
            }
        }
        // A run whose index is damaged is counted at the opening, and all of its samples lack.
        let isTold = isJournalTold || storage.store.statistics.damagedBlockCount > 0
        var isRefused = false
        var buffer = SampleBuffer()
        for series in 0..<model.seriesCount {
            do {
                if isTold {
                    try requireGiven(series, &storage, &buffer)
                } else {
                    try storage.compare(with: model, series...series, &buffer)
                }
            } catch is SeriesSourceError {
                isRefused = true
            }
        }
        return isTold || isRefused
    }

    private func requireGiven(
        _ series: Int,
        _ storage: inout CampaignStorage,
        _ buffer: inout SampleBuffer
    ) throws {
        let identifier = try storage.store.series(for: CampaignSample.labels(series))
        let snapshot = storage.store.snapshot()
        try snapshot.read(identifier, in: .distantPast ... .distantFuture, into: &buffer)
        for (time, value) in zip(buffer.times, buffer.values) {
            let sample = CampaignSample(series: series, time: time, bits: value.bitPattern)
            guard stop.episode.given.contains(sample) else {
                throw CampaignFault("series \(series) has \(value) at \(time), never given")
            }
        }
    }
}
