internal import RingStore
internal import Telemetry

/// Store and journal of one folder, opened and completed as the gateway does it.
struct CampaignStorage: ~Copyable {
    /// Name of the folder on its disk.
    static let folder = "data"
    /// Ring of the journal: four segments, so that a few commits are a lap.
    static let journalSettings: JournalSettings = {
        var settings = JournalSettings(sizeBytes: 4 * 8192, segmentBytes: 8192)
        settings.leastSegmentBytes = 4096
        return settings
    }()

    /// Settings of the store for tiers of some bytes.
    static func settings(
        rawTierBytes: UInt64,
        rollups: [StoreTier: UInt64]
    ) -> StoreSettings {
        var settings = StoreSettings(
            rawTierBytes: rawTierBytes,
            maximumSeries: 16,
            headBytes: 16 << 10
        )
        settings.rollupBytes = rollups
        return settings
    }

    var store: RingStore
    var journal: Journal
    /// Numbers of all records in the journal.
    let recovered: [Int]
    /// Samples that the store refused as too old since this was last emptied.
    var refused: [CampaignSample] = []
    private var numbers = SeriesNumbers()

    private init(store: consuming RingStore, journal: consuming Journal, recovered: [Int]) {
        self.store = store
        self.journal = journal
        self.recovered = recovered
    }

    /// Opens what is on a disk, or makes it, and takes from the journal what the store lacks.
    ///
    /// - Parameters:
    ///   - disk: The disk.
    ///   - records: All that were ever given to the journal.
    ///   - rollups: Rollup tiers of a store that is made.
    ///   - added: Rollup tiers that the store shall have besides those it has.
    ///   - folder: The folder.
    /// - Throws: ``CampaignFault`` when the journal holds what was never written; what store and
    ///   journal throw.
    /// - Returns: Both.
    static func open(
        _ disk: FaultyDisk,
        _ records: [CampaignRecord],
        rollups: [StoreTier: UInt64],
        adding added: [StoreTier: UInt64] = [:],
        folder: String = folder
    ) throws -> CampaignStorage {
        let path = disk.path(of: folder)
        let store = try Self.openStore(path, disk, rollups, added)
        let journal = try Self.openJournal(path, disk, committed: store.committedPosition)
        var newer: [(position: UInt64, samples: [CampaignSample])] = []
        let recovered = try Self.scan(
            path,
            disk,
            records,
            store.journalPosition,
            journal.head,
            &newer
        )
        var storage = CampaignStorage(store: store, journal: journal, recovered: recovered)
        for (position, samples) in newer { try storage.take(samples, at: position) }
        return storage
    }

    /// Adds samples to a batch, as the gateway does with its own.
    ///
    /// - Throws: `JournalError`.
    mutating func append(
        _ entries: LabelledSamples,
        receivedAt: Instant,
        to batch: RecordBatch
    ) throws(JournalError) {
        try journal.append(entries, receivedAt: receivedAt, to: batch, numbers: &numbers)
    }

    /// Appends a record's samples to the store.
    ///
    /// - Parameters:
    ///   - samples: The samples.
    ///   - position: Where the record lies in the journal, when it is taken from there.
    /// - Throws: What the store throws.
    mutating func take(
        _ samples: [CampaignSample],
        at position: UInt64? = nil
    ) throws(StoreError) {
        for sample in samples {
            let series = try store.series(for: CampaignSample.labels(sample.series))
            let outcome = store.append(series, sample.sample, journaledAt: position)
            if outcome == .tooOld { refused.append(sample) }
        }
    }

    /// Compares some series with a model.
    ///
    /// - Throws: ``CampaignFault`` with the first difference; what the store throws.
    mutating func compare(
        with model: CampaignModel,
        _ series: some Sequence<Int>,
        _ buffer: inout SampleBuffer
    ) throws {
        let horizon = store.statistics.horizon.milliseconds
        for number in series {
            // A series that the store does not know is added, and is empty.
            let identifier = try store.series(for: CampaignSample.labels(number))
            let snapshot = store.snapshot()
            try snapshot.read(identifier, in: .distantPast ... .distantFuture, into: &buffer)
            if let difference = model.difference(number, from: buffer, since: horizon) {
                throw CampaignFault(difference)
            }
        }
    }

    /// Lets store and journal go without a checkpoint, as a crash does.
    consuming func close() {}

    private static func openStore(
        _ path: String,
        _ disk: FaultyDisk,
        _ rollups: [StoreTier: UInt64],
        _ added: [StoreTier: UInt64]
    ) throws -> RingStore {
        do throws(StoreError) {
            let sizes = try RingStore.sizes(folder: path, calls: disk)
            return try RingStore.open(
                folder: path,
                settings: settings(
                    rawTierBytes: sizes.rawTierBytes,
                    rollups: sizes.rollupBytes.merging(added) { known, _ in known }
                ),
                calls: disk
            )
        } catch {
            guard case .notFound = error else { throw error }
            return try RingStore.create(
                folder: path,
                settings: settings(
                    rawTierBytes: StoreSettings.minimumRawTierBytes,
                    rollups: rollups
                ),
                calls: disk
            )
        }
    }

    private static func openJournal(
        _ path: String,
        _ disk: FaultyDisk,
        committed: UInt64
    ) throws(JournalError) -> Journal {
        do throws(JournalError) {
            return try Journal.open(folder: path, committed: committed, calls: disk)
        } catch {
            guard case .file(let fault) = error, fault.isNotFound, committed == 0 else {
                throw error
            }
            return try Journal.create(
                folder: path,
                settings: journalSettings,
                at: Instant(milliseconds: CampaignRecord.firstArrival),
                calls: disk
            )
        }
    }

    /// Reads the whole journal, and gives back the numbers of its records.
    private static func scan(
        _ path: String,
        _ disk: FaultyDisk,
        _ records: [CampaignRecord],
        _ committed: UInt64,
        _ head: UInt64,
        _ newer: inout [(position: UInt64, samples: [CampaignSample])]
    ) throws -> [Int] {
        let reader = try JournalReader(folder: path, calls: disk)
        let tail = try reader.tail()
        guard committed >= tail || committed == 0 else {
            throw JournalError.overwritten(position: committed, tail: tail)
        }
        var found: [Int] = []
        var unknown: Int?
        var fault: SampleRecordFault?
        var samplesReader = SampleRecordReader()
        try reader.scan(from: tail, to: head) { (view) throws(JournalError) in
            let number = Int(view.receivedAt.milliseconds - CampaignRecord.firstArrival)
            do throws(SampleRecordFault) {
                let samples = try CampaignRecord.samples(of: view, &samplesReader)
                guard let samples, records.indices.contains(number),
                    samples == records[number].samples,
                    (view.kind == .message) == records[number].isMessage
                else {
                    unknown = number
                    return false
                }
                found.append(number)
                if view.position >= committed { newer.append((view.position, samples)) }
                return true
            } catch {
                fault = error
                return false
            }
        }
        if let fault { throw fault }
        if let unknown {
            throw CampaignFault("the journal has a record \(unknown) that was never written")
        }
        return found
    }
}
