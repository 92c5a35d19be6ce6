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

    /// Settings of the store for a raw tier of some bytes.
    static func settings(rawTierBytes: UInt64) -> StoreSettings {
        StoreSettings(rawTierBytes: rawTierBytes, maximumSeries: 16, headBytes: 16 << 10)
    }

    var store: RingStore
    var journal: Journal
    /// Numbers of all records in the journal.
    let recovered: [Int]

    /// Opens what is on a disk, or makes it, and takes from the journal what the store lacks.
    ///
    /// - Throws: ``CampaignFault`` when the journal holds what was never written; what store and
    ///   journal throw.
    static func open(
        _ disk: FaultyDisk,
        _ records: [CampaignRecord],
        folder: String = folder
    ) throws -> CampaignStorage {
        let path = disk.path(of: folder)
        let store = try Self.openStore(path, disk)
        let journal = try Self.openJournal(path, disk, committed: store.journalPosition)
        var newer: [JournalRecord] = []
        let recovered = try Self.scan(
            path,
            disk,
            records,
            store.journalPosition,
            journal.head,
            &newer
        )
        var storage = CampaignStorage(store: store, journal: journal, recovered: recovered)
        for record in newer { try storage.take(record.payload) }
        return storage
    }

    /// Appends a record's samples to the store.
    ///
    /// - Throws: ``CampaignFault`` when it does not pass; what the store throws.
    mutating func take(_ payload: [UInt8]) throws {
        guard let samples = CampaignRecord.samples(of: payload) else {
            throw CampaignFault("a record that passed its check cannot be decoded")
        }
        for sample in samples {
            let series = try store.series(for: CampaignSample.labels(sample.series))
            let time = Instant(milliseconds: sample.time)
            _ = store.append(
                series,
                Sample(time: time, value: Double(bitPattern: sample.bits))
            )
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

    private static func openStore(_ path: String, _ disk: FaultyDisk) throws -> RingStore {
        do throws(StoreError) {
            let sizes = try RingStore.sizes(folder: path, calls: disk)
            return try RingStore.open(
                folder: path,
                settings: settings(rawTierBytes: sizes.rawTierBytes),
                calls: disk
            )
        } catch {
            guard case .notFound = error else { throw error }
            return try RingStore.create(
                folder: path,
                settings: settings(rawTierBytes: StoreSettings.minimumRawTierBytes),
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
        _ newer: inout [JournalRecord]
    ) throws -> [Int] {
        let reader = try JournalReader(folder: path, calls: disk)
        let tail = try reader.tail()
        guard committed >= tail || committed == 0 else {
            throw JournalError.overwritten(position: committed, tail: tail)
        }
        var found: [Int] = []
        var unknown: Int?
        try reader.scan(from: tail, to: head) { (view) throws(JournalError) in
            let record = JournalRecord(view)
            let number = Int(record.receivedAt.milliseconds - CampaignRecord.firstArrival)
            guard records.indices.contains(number), record.payload == records[number].payload else {
                unknown = number
                return false
            }
            found.append(number)
            if record.position >= committed { newer.append(record) }
            return true
        }
        if let unknown {
            throw CampaignFault("the journal has a record \(unknown) that was never written")
        }
        return found
    }
}
