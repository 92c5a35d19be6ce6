internal import Measuring
internal import RingStore
internal import Telemetry

/// How large the workload and the store are.
struct StoreSize: Sendable {
    var series = 1000
    var samples = 10_000
    /// MiB of the store's raw tier.
    var tier = 1024
    /// MiB of the journal, as many as the gateway's.
    var journal = 256
    /// MiB of a segment of it, as many as the gateway's.
    var segment = 4
    /// MiB of memory for samples before a checkpoint is due; as many as the gateway's if not set.
    var memory: Int?

    /// Whether there are rollup tiers, as in the gateway's store.
    var hasRollups = true

    /// Batches of a thousand samples that are committed at once: one where commits are measured.
    var batchesPerCommit = 20

    static let standard = StoreSize()

    func workload(_ timing: Workload.Timing = .jittered) -> Workload {
        Workload(seriesCount: series, samplesPerSeries: samples, timing: timing)
    }

    var storeSettings: StoreSettings {
        let raw = UInt64(tier) << 20
        return StoreSettings(
            rawTierBytes: raw,
            // As many as the gateway's unless its settings say otherwise.
            rollupBytes: hasRollups ? [.fiveMinutes: raw / 2, .hour: raw / 4, .day: raw / 8] : [:],
            maximumSeries: max(100_000, series),
            headBytes: memory.map { $0 << 20 }
        )
    }

    /// An empty store and journal in a folder.
    func load(_ workload: Workload, in folder: String) throws -> StoreLoad {
        let settings = JournalSettings(
            sizeBytes: UInt64(journal) << 20,
            segmentBytes: UInt64(segment) << 20
        )
        return StoreLoad(
            workload,
            store: try RingStore.create(folder: folder, settings: storeSettings),
            journal: try Journal.create(
                folder: folder,
                settings: settings,
                at: Instant(milliseconds: Workload.start)
            ),
            journalBytes: settings.sizeBytes,
            batchesPerCommit: batchesPerCommit
        )
    }

    /// Fills a new folder with the workload, and checks that it is all there.
    @discardableResult
    func fill(_ folder: String, _ timing: Workload.Timing = .jittered) throws -> LoadResult {
        let workload = workload(timing)
        var load = try load(workload, in: folder)
        try load.run(workload.generators())
        try load.store.snapshot().requireContent(of: workload)
        return LoadResult(costs: load.costs, statistics: load.store.statistics)
    }

    /// A child that holds a store of this size in a folder.
    func holder(_ folder: String, withoutLastCheckpoint: Bool = false) throws -> Child {
        var arguments = [
            "hold", "--folder", folder, "--series", "\(series)", "--samples", "\(samples)",
            "--tier", "\(tier)", "--journal", "\(journal)",
        ]
        if let memory { arguments += ["--memory", "\(memory)"] }
        if !hasRollups { arguments.append("--raw-only") }
        if withoutLastCheckpoint { arguments.append("--without-last-checkpoint") }
        return try Child(Checkout.thisProgram, arguments, collectsOutput: true, isFed: true)
    }
}
