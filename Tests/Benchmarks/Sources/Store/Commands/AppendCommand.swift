internal import ArgumentParser
internal import Measuring
internal import RingStore
internal import Telemetry

/// `Store append`: what a sample costs to take, and how many bytes it keeps.
struct AppendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append",
        abstract: "Processor time and bytes a sample, jittered and on the grid."
    )

    @OptionGroup var options: SizeOptions
    @Option(help: "Which timing: jittered, grid or both.")
    var timing = "both"

    func run() throws {
        try Workload.requireSameAsReference()
        var size = options.size
        size.batchesPerCommit = 1
        for variant in [Workload.Timing.jittered, .grid] where isWanted(variant) {
            let bench = try BenchFolder()
            defer { bench.remove() }
            let result = try size.fill(bench.path, variant)
            let costs = result.costs
            let floor = try WriteFloor.measure(
                bench.path,
                count: costs.commitCount,
                bytesEach: costs.journalBytes / costs.commitCount
            )
            AppendReport(workload: size.workload(variant), result: result, floor: floor).show()
        }
    }

    private func isWanted(_ variant: Workload.Timing) -> Bool {
        timing == "both" || timing == "\(variant)"
    }

    func validate() throws {
        guard ["both", "jittered", "grid"].contains(timing) else {
            throw ValidationError("--timing is jittered, grid or both and not \(timing)")
        }
    }
}

/// The figures of one filling.
struct AppendReport {
    let workload: Workload
    let result: LoadResult
    /// The commits' writes and waits alone.
    let floor: Cost

    private var costs: LoadCosts { result.costs }
    private var statistics: StoreStatistics { result.statistics }

    func show() {
        print(
            "append, \(workload.timing): \(workload.seriesCount) series x "
                + "\(workload.samplesPerSeries) samples in batches of \(StoreLoad.batchSize), read "
                + "back and compared"
        )
        var time = Table("CPU-s per million", "CPU s", "wall s", "times")
        time.add("journal: records written", row(costs.encoding, costs.commitCount))
        time.add("journal: committed", row(costs.commits, costs.commitCount))
        time.add("appended", row(costs.appending, costs.sampleCount))
        time.add("checkpoints", row(costs.checkpoints, costs.checkpointCount))
        time.add("all", row(costs.total, costs.sampleCount))
        time.add("(the commits' writes and waits alone)", row(floor, costs.commitCount))
        time.show()
        print("longest checkpoint: \(decimals(costs.longestCheckpointSeconds * 1000, 0)) ms")
        var bytes = Table("bytes a sample", "bytes")
        bytes.add("encoded samples", share(statistics.encodedBytes - statistics.indexBytes))
        bytes.add("indexes of runs", share(statistics.indexBytes))
        bytes.add("labels", share(statistics.storedCatalogueBytes))
        bytes.add(
            "encoded + indexes + labels",
            share(statistics.encodedBytes + statistics.storedCatalogueBytes)
        )
        bytes.add("slots in use", share(statistics.usedBytes))
        for tier in statistics.tiers.dropFirst() {
            bytes.add("\(tier.tier.rawValue) summaries", share(tier.encodedBytes))
        }
        bytes.add("journal (a ring, apart)", share(UInt64(costs.journalBytes)))
        bytes.show()
        showAmplification()
    }

    private func showAmplification() {
        let kept = Double(statistics.encodedBytes + statistics.storedCatalogueBytes)
        var table = Table("bytes written / kept", "bytes", "pages to disk / kept", "bytes")
        table.add(
            "checkpoints",
            amplification(
                costs.checkpointWrittenBytes,
                costs.checkpointDiskBytes,
                kept
            )
        )
        table.add(
            "journal and checkpoints",
            amplification(
                costs.writtenBytes,
                costs.diskBytes,
                kept
            )
        )
        table.show()
        print("\(statistics.runCount) runs\n")
    }

    private func row(_ cost: Cost, _ count: Int) -> [String] {
        [
            decimals(costs.perMillion(cost), 4), decimals(cost.cpuSeconds, 2),
            decimals(cost.wallSeconds, 2), "\(count)",
        ]
    }

    private func share(_ bytes: UInt64) -> [String] {
        [decimals(Double(bytes) / Double(statistics.sampleCount), 3), "\(bytes)"]
    }

    private func amplification(_ written: Int, _ disk: Int, _ kept: Double) -> [String] {
        [
            decimals(Double(written) / kept, 2), "\(written)", decimals(Double(disk) / kept, 2),
            "\(disk)",
        ]
    }
}
