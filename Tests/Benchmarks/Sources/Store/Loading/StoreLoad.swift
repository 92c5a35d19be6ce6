internal import Measuring
internal import RingStore
internal import Telemetry

/// Journal and store of one folder, filled as the gateway fills them.
///
/// A batch of samples becomes records of kind `samples`, is committed to the journal, and then
/// appended; a checkpoint is made when the head is full or half of the journal is pending, by the
/// rules of the gateway's `StoreWorker`. Each part is timed by itself; making the samples is not
/// timed.
struct StoreLoad: ~Copyable {
    /// Samples of a batch.
    static let batchSize = 1000
    let workload: Workload
    var store: RingStore
    private var journal: Journal
    private let journalBytes: UInt64
    private let batchesPerCommit: Int
    /// Batches of samples that wait for the next commit.
    private var waitingBatches = 0
    private var series: [SeriesID] = []
    private let batch = RecordBatch(capacityBytes: 512 << 10)
    private(set) var costs = LoadCosts()

    /// Takes an empty store and an empty journal.
    ///
    /// - Parameters:
    ///   - workload: What is to be taken.
    ///   - store: Gets the samples.
    ///   - journal: Gets them before.
    ///   - journalBytes: Size of the journal's ring.
    ///   - batchesPerCommit: One as in the gateway; more where only the filled store matters, as
    ///     each waits for the disk.
    init(
        _ workload: Workload,
        store: consuming RingStore,
        journal: consuming Journal,
        journalBytes: UInt64,
        batchesPerCommit: Int
    ) {
        self.workload = workload
        self.store = store
        self.journal = journal
        self.journalBytes = journalBytes
        self.batchesPerCommit = batchesPerCommit
    }

    /// Takes a batch of samples, new or late.
    ///
    /// - Throws: what store and journal throw; ``Failure`` when one changes nothing.
    mutating func take(_ samples: [NumberedSample]) throws {
        try encode(samples)
        if waitingBatches >= batchesPerCommit { try commit() }
        try append(samples)
        try checkpointIfDue()
    }

    /// Makes the series and puts their labels on disk; the time of that is apart.
    mutating func addSeries() throws {
        series.reserveCapacity(workload.seriesCount)
        for first in stride(from: 0, to: workload.seriesCount, by: Self.batchSize) {
            let range = first..<min(first + Self.batchSize, workload.seriesCount)
            let labels = range.map { workload.labels(of: $0) }
            let mark = Mark()
            for labels in labels { series.append(try store.series(for: labels)) }
            costs.series += mark.elapsed
        }
        // The numbers of the samples name series of the store.
        for (index, series) in series.enumerated() where series.rawValue != index {
            throw Failure("series \(index) has the number \(series.rawValue)")
        }
        let mark = Mark()
        try store.checkpoint(journalPosition: journal.head)
        costs.series += mark.elapsed
    }

    /// Takes the whole workload, step by step in time, and makes a last checkpoint.
    ///
    /// - Parameters:
    ///   - sources: The workload's series at their first sample; gone when this returns.
    ///   - endsWithCheckpoint: Whether nothing is left in the head.
    /// - Throws: what store and journal throw; ``Failure`` when samples are missing.
    mutating func run(
        _ sources: consuming [WorkloadSeries],
        endsWithCheckpoint: Bool = true
    ) throws {
        var sources = sources
        try addSeries()
        let figures = ProcessFigures()
        let (written, disk) = (figures.writtenBytes, figures.diskBytes)
        var samples: [NumberedSample] = []
        samples.reserveCapacity(Self.batchSize)
        for _ in 0..<workload.samplesPerSeries {
            for first in stride(from: 0, to: sources.count, by: Self.batchSize) {
                let range = first..<min(first + Self.batchSize, sources.count)
                samples.removeAll(keepingCapacity: true)
                for index in range {
                    samples.append(.init(series: UInt32(index), sample: sources[index].next()))
                }
                try take(samples)
            }
        }
        if endsWithCheckpoint { try finish() } else { try commit() }
        costs.writtenBytes = figures.writtenBytes - written
        costs.diskBytes = figures.diskBytes - disk
        costs.journalBytes = Int(journal.statistics.committedBytes)
        let stored = store.statistics.sampleCount
        guard stored == workload.sampleCount else {
            throw Failure("\(workload.sampleCount) samples were appended, \(stored) are there")
        }
    }

    /// Commits what waits, and puts everything on disk.
    mutating func finish() throws {
        try commit()
        try checkpoint()
    }

    /// Begins to count anew.
    mutating func takeCosts() -> LoadCosts {
        defer { costs = LoadCosts() }
        return costs
    }

    private mutating func encode(_ samples: [NumberedSample]) throws {
        let mark = Mark()
        try journal.append(
            samples,
            receivedAt: samples[0].sample.time,
            to: batch,
            namedBy: store.snapshot()
        )
        waitingBatches += 1
        costs.encoding += mark.elapsed
    }

    private mutating func commit() throws {
        guard !batch.isEmpty else { return }
        let mark = Mark()
        journal.protect(from: store.journalPosition)
        try journal.commit(batch)
        batch.removeAll()
        waitingBatches = 0
        costs.commits += mark.elapsed
        costs.commitCount += 1
    }

    private mutating func append(_ samples: [NumberedSample]) throws {
        var storedCount = 0
        let mark = Mark()
        for sample in samples {
            let series = series[Int(sample.series)]
            switch store.append(series, sample.sample) {
            case .stored, .late: storedCount += 1
            case .overwritten, .unchanged, .tooOld: break
            }
        }
        costs.appending += mark.elapsed
        costs.sampleCount += storedCount
        guard storedCount == samples.count else {
            throw Failure("of \(samples.count) new samples \(storedCount) were stored")
        }
    }

    private mutating func checkpointIfDue() throws {
        let pending = journal.head - store.journalPosition
        guard store.isCheckpointDue || pending > journalBytes / 2 else { return }
        try commit()
        try checkpoint()
    }

    /// Puts everything on disk.
    private mutating func checkpoint() throws {
        let figures = ProcessFigures()
        let (written, disk) = (figures.writtenBytes, figures.diskBytes)
        let mark = Mark()
        try store.checkpoint(journalPosition: journal.head)
        let cost = mark.elapsed
        costs.checkpoints += cost
        costs.longestCheckpointSeconds = max(costs.longestCheckpointSeconds, cost.wallSeconds)
        costs.checkpointCount += 1
        costs.checkpointWrittenBytes += figures.writtenBytes - written
        costs.checkpointDiskBytes += figures.diskBytes - disk
    }
}

/// What a filled store took and what it holds.
struct LoadResult: Sendable {
    let costs: LoadCosts
    let statistics: StoreStatistics
}

/// What filling a store took, part by part.
struct LoadCosts: Sendable {
    /// Making the series.
    var series = Cost()
    /// Writing samples as records.
    var encoding = Cost()
    /// Committing them: checksums, one write and one fdatasync a batch.
    var commits = Cost()
    /// Appending them to the store.
    var appending = Cost()
    /// Checkpoints.
    var checkpoints = Cost()
    var longestCheckpointSeconds = 0.0
    var sampleCount = 0
    var commitCount = 0
    var checkpointCount = 0
    /// Bytes in writes, and in pages to the disk, of everything.
    var writtenBytes = 0
    var diskBytes = 0
    /// The checkpoints' part of those.
    var checkpointWrittenBytes = 0
    var checkpointDiskBytes = 0
    var journalBytes = 0

    /// All but making the series.
    var total: Cost {
        var sum = encoding
        sum += commits
        sum += appending
        sum += checkpoints
        return sum
    }

    /// Processor seconds of a part for a million samples.
    func perMillion(_ cost: Cost) -> Double {
        cost.cpuSeconds * 1e6 / Double(max(1, sampleCount))
    }
}
