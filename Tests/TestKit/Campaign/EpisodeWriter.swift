internal import RingStore
internal import Telemetry

/// Runs an episode: a gateway's journal and store on a faulty disk, through commits, checkpoints,
/// restarts, power cuts, rebuildings and copies.
struct EpisodeWriter {
    static let seriesCount = 10
    /// Tiers between which rebuildings change.
    private static let tierBytes: [UInt64] = [256 << 10, 288 << 10, 320 << 10]
    private static let maximumAttempts = 6
    /// About one of so many calls fails in a faulty episode.
    private static let faultRarity: UInt64 = 150

    let plan: EpisodePlan
    let disk: FaultyDisk
    private var generator: SeededGenerator
    private var events: [EpisodeEvent] = []
    private var records: [CampaignRecord] = []
    private var given: Set<CampaignSample> = []
    private var history: [CampaignSample] = []
    var model: CampaignModel
    var time: Int64 = CampaignRecord.firstArrival
    /// Records that are committed, and those whose commit is not known to have failed for good.
    private var committedEnd = 0
    /// A deletion that failed: the next opening tells whether it is done.
    var pendingDeletion: CampaignDeletion?
    var buffer = SampleBuffer()

    private init(_ plan: EpisodePlan, _ disk: FaultyDisk) {
        self.plan = plan
        self.disk = disk
        generator = SeededGenerator(seed: plan.seed)
        model = CampaignModel(keepsAll: plan.hasRollups)
    }

    /// Runs an episode as its plan draws it.
    ///
    /// - Throws: ``CampaignFault`` when something does not hold; what store and journal throw
    ///   although the disk did not fail.
    static func run(_ plan: EpisodePlan, in root: TemporaryFolder) throws -> Episode {
        var writer = EpisodeWriter(plan, FaultyDisk(root))
        while writer.disk.operationCount < plan.operationCount { try writer.live() }
        return Episode(
            operations: writer.disk.operations,
            events: writer.events,
            records: writer.records,
            given: writer.given,
            plan: plan
        )
    }

    mutating func draw(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    mutating func note(_ event: EpisodeEvent) {
        disk.mark(events.count)
        events.append(event)
    }

    mutating func note(_ store: borrowing RingStore) {
        note(
            .sealed(
                horizon: store.statistics.horizon.milliseconds,
                position: store.journalPosition
            )
        )
    }

    /// Has calls fail, or the gateway die within the next ones.
    mutating func setFaults() {
        var faults = DiskFaults()
        if plan.isFaulty { faults = DiskFaults(oneOf: Self.faultRarity, seed: generator.next()) }
        if draw(2) == 0 { faults.callsToLive = draw(400) }
        disk.fail(faults)
    }

    /// Whether the disk may be what an error is about.
    var isExcused: Bool { plan.isFaulty || disk.isDead }

    /// From one opening to the next.
    private mutating func live() throws {
        var storage = try open()
        setFaults()
        for _ in 0..<(1 + draw(60)) where !disk.isDead && pendingDeletion == nil {
            switch draw(60) {
            case 0..<10: try checkpoint(&storage)
            case 10: try delete(&storage)
            default: try commit(&storage)
            }
        }
        let isDead = disk.isDead || pendingDeletion != nil
        disk.clearFaults()
        if isDead {
            storage.close()
            if draw(2) == 0 { disk.cutPower(seed: generator.next()) }
            return
        }
        let damaged = storage.store.statistics.damagedBlockCount
        guard damaged == 0 else { throw CampaignFault("\(damaged) blocks are damaged") }
        try compare(&storage)
        if draw(12) == 0 { try copy(&storage) }
        storage.close()
        switch draw(6) {
        case 0, 1, 2: disk.cutPower(seed: generator.next())
        case 3: try rebuild()
        default: break
        }
    }

    private mutating func open() throws -> CampaignStorage {
        setFaults()
        var opened = try openThroughFaults()
        disk.clearFaults()
        noteRecovered(opened.recovered)
        noteRefused(&opened)
        note(opened.store)
        try settleDeletion(&opened)
        return opened
    }

    /// Compares everything.
    private mutating func compare(_ storage: inout CampaignStorage) throws {
        try storage.compare(with: model, 0..<Self.seriesCount, &buffer)
        var summaries = CampaignSummaries(seed: generator.next())
        try summaries.compare(&storage, with: model, 0..<Self.seriesCount)
    }

    private mutating func noteRefused(_ storage: inout CampaignStorage) {
        guard !storage.refused.isEmpty else { return }
        for sample in storage.refused { model.refuse(sample) }
        note(.refused(storage.refused))
        storage.refused.removeAll()
    }

    private mutating func openThroughFaults() throws -> CampaignStorage {
        var added: [StoreTier: UInt64] = [:]
        if plan.hasRollups, draw(8) == 0 {
            added[StoreTier.rollups[draw(3)]] = StoreSettings.minimumRollupBytes
        }
        do {
            return try open(adding: added)
        } catch {
            guard isExcused, Self.isOfDisk(error) else { throw error }
        }
        disk.clearFaults()
        return try open(adding: [:])
    }

    private func open(adding added: [StoreTier: UInt64]) throws -> CampaignStorage {
        try CampaignStorage.open(disk, records, rollups: plan.rollups, adding: added)
    }

    /// Records beyond those whose commit returned, which an opening found whole, count from now on.
    private mutating func noteRecovered(_ numbers: [Int]) {
        guard let last = numbers.last, last >= committedEnd else { return }
        let first = numbers.first { $0 >= committedEnd } ?? last
        noteCommitted(first..<last + 1)
    }

    private mutating func noteCommitted(_ range: Range<Int>) {
        note(.committed(range))
        committedEnd = range.upperBound
        for number in range {
            for sample in records[number].samples { model.put(sample) }
        }
    }

    // MARK: - Steps

    private mutating func commit(_ storage: inout CampaignStorage) throws {
        let first = records.count
        for _ in 0..<(1 + draw(6)) { records.append(drawRecord()) }
        let range = first..<records.count
        let batch = RecordBatch()
        for number in range {
            try records[number].append(number: number, to: batch, &storage)
        }
        for _ in 0..<Self.maximumAttempts {
            storage.journal.protect(from: storage.store.journalPosition)
            note(.committing(range))
            do throws(JournalError) {
                try storage.journal.commit(batch)
            } catch {
                switch error {
                case .full: try checkpoint(&storage)
                case .file: guard isExcused else { throw error }
                default: throw error
                }
                continue
            }
            noteCommitted(range)
            for number in range { try storage.take(records[number].samples) }
            noteRefused(&storage)
            return
        }
        guard isExcused else { throw CampaignFault("a commit does not go through") }
    }

    private mutating func checkpoint(_ storage: inout CampaignStorage) throws {
        let before = storage.store.statistics.horizon
        do {
            try storage.store.checkpoint(journalPosition: storage.journal.head)
            let after = storage.store.statistics
            // What gave way must have done so for want of room.
            if after.horizon > before, after.usedBytes * 3 < after.budgetBytes {
                throw CampaignFault("samples gave way although \(after.usedBytes) bytes are used")
            }
        } catch let error as StoreError {
            guard isExcused, case .file = error else { throw error }
        }
        note(storage.store)
    }

    private mutating func rebuild() throws {
        setFaults()
        defer { disk.clearFaults() }
        do {
            _ = try RingStore.rebuild(
                folder: disk.path(of: CampaignStorage.folder),
                rawTierBytes: Self.tierBytes[draw(Self.tierBytes.count)],
                rollupBytes: drawRollups(),
                maximumSeries: 16,
                allowing: .oldest,
                calls: disk
            )
        } catch {
            guard isExcused, case .file = error else { throw error }
        }
    }

    /// Other sizes of some rollup tiers, or none of them.
    private mutating func drawRollups() -> [StoreTier: UInt64] {
        guard plan.hasRollups else { return [:] }
        var sizes: [StoreTier: UInt64] = [:]
        for tier in StoreTier.rollups where draw(3) == 0 {
            sizes[tier] = draw(4) == 0 ? 0 : Self.tierBytes[draw(Self.tierBytes.count)]
        }
        return sizes
    }

    /// Copies both, opens the copy, and compares it.
    private mutating func copy(_ storage: inout CampaignStorage) throws {
        let folder = disk.path(of: CampaignStorage.folder)
        let target = disk.path(of: "copy")
        // A power cut may have brought back what the last copy left.
        for name in disk.contents.names(in: "copy") {
            try StorageFolder(target, calls: disk).remove(name)
        }
        _ = try StoreCopy.make(from: folder, to: target, calls: disk)
        _ = try JournalCopy.make(
            from: folder,
            to: target,
            committed: storage.store.journalPosition,
            calls: disk
        )
        do {
            let copied = FaultyDisk(try TemporaryFolder("langso-disk"), disk.contents)
            var copy = try CampaignStorage.open(
                copied,
                records,
                rollups: plan.rollups,
                folder: "copy"
            )
            let known = model
            model = model.refusing(copy.refused)
            try compare(&copy)
            model = known
            copy.close()
        }
    }

    // MARK: - Samples

    private mutating func drawRecord() -> CampaignRecord {
        var samples: [CampaignSample] = []
        for _ in 0..<(1 + draw(24)) { samples.append(drawSample()) }
        given.formUnion(samples)
        history += samples
        if history.count > 4000 { history.removeFirst(2000) }
        return CampaignRecord(samples: samples, isMessage: draw(2) == 0)
    }

    private mutating func drawSample() -> CampaignSample {
        let known = min(Self.seriesCount, 1 + records.count / 8)
        var sample = CampaignSample(series: draw(known), time: time, bits: drawBits())
        switch draw(40) {
        case 0: sample.time -= Int64(draw(8000 * plan.stride))
        case 1:
            // Once more, as a redelivery.
            if !history.isEmpty { sample = history[draw(history.count)] }
        case 2:
            // Corrected.
            if !history.isEmpty {
                let before = history[draw(history.count)]
                sample.series = before.series
                sample.time = before.time
            }
        default: time += Int64(draw(plan.stride))
        }
        return sample
    }

    private mutating func drawBits() -> UInt64 {
        if plan.isCompressible { return (Double(draw(64)) / 2).bitPattern }
        guard plan.hasRollups else { return generator.next() }
        // Sums of any bit patterns differ by the order of summing.
        switch draw(60) {
        case 0: return Sample.staleMarkerBits
        case 1: return (-0.0).bitPattern
        default: return (Double(draw(1 << 40)) / 7).bitPattern
        }
    }

    static func isOfDisk(_ error: any Error) -> Bool {
        switch error {
        case StoreError.file, JournalError.file: true
        default: false
        }
    }
}
