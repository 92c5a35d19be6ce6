internal import ArgumentParser
internal import Measuring
internal import RingStore
internal import Telemetry

/// `Store late`: what a sample costs that comes late, beside one that comes in order.
struct LateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "late",
        abstract: "Cost of samples that come a day or a week late, beside the same in order."
    )

    @Option(help: "Meters with hourly values; a multiple of ten.")
    var meters = 10_000
    @Option(help: "Weeks of those.")
    var weeks = 2

    /// Hours of a block that each meter delivers at once.
    private static let blocks: [(name: String, hours: Int, isReversed: Bool)] = [
        ("in order", 1, false), ("a day at once", 24, false), ("a week at once", 168, false),
        ("a week at once, backwards", 168, true),
    ]

    func run() throws {
        print("late: CPU s for a million samples; with journal, checkpoints and rollup tiers")
        let columns = ["written", "committed", "appended", "checkpoints", "all", "x in order"]
        var table = Table(columns + ["bytes written a sample", "x in order"])
        try addGateway(&table)
        try addMeters(&table)
        table.show()
        print("")
    }

    /// Of 1 000 series with a sample a minute 100 come a week late, as from a gateway that was
    /// away.
    private func addGateway(_ table: inout Table) throws {
        var size = StoreSize()
        size.batchesPerCommit = 1
        let workload = size.workload()
        let bench = try BenchFolder()
        defer { bench.remove() }
        var load = try size.load(workload, in: bench.path)
        try load.addSeries()
        var sources = workload.generators()
        // Every tenth: of each metric and each zone.
        let late = Set(stride(from: 0, to: size.series, by: 10))
        let inTime = (0..<size.series).filter { !late.contains($0) }
        let first = try costs(&load) { load in
            for _ in 0..<size.samples {
                try load.take(inTime.map { .init(series: UInt32($0), sample: sources[$0].next()) })
            }
        }
        table.add("900 series a minute, in order", row(first, first))
        let lateOrder = late.sorted()
        let second = try costs(&load) { load in
            for _ in stride(from: 0, to: size.samples, by: 10) {
                var samples: [NumberedSample] = []
                for _ in 0..<10 {
                    samples += lateOrder.map {
                        .init(series: UInt32($0), sample: sources[$0].next())
                    }
                }
                try load.take(samples)
            }
        }
        table.add("100 more, a week late", row(second, first))
        try load.store.snapshot().requireContent(of: workload)
    }

    /// Meters with hourly values, the same ones in other orders.
    private func addMeters(_ table: inout Table) throws {
        var first: LoadCosts?
        var size = StoreSize()
        size.series = meters
        size.samples = weeks * 168
        size.batchesPerCommit = 1
        let workload = size.workload()
        for block in Self.blocks {
            let bench = try BenchFolder()
            defer { bench.remove() }
            var load = try size.load(workload, in: bench.path)
            try load.addSeries()
            var sources = workload.generators()
            let costs = try costs(&load) { load in
                var batch: [NumberedSample] = []
                for _ in stride(from: 0, to: size.samples, by: block.hours) {
                    for series in sources.indices {
                        var samples = (0..<block.hours).map { _ in
                            NumberedSample(
                                series: UInt32(series),
                                sample: Self.hourly(sources[series].next())
                            )
                        }
                        if block.isReversed { samples.reverse() }
                        batch += samples
                        if batch.count >= StoreLoad.batchSize {
                            try load.take(batch)
                            batch.removeAll()
                        }
                    }
                }
                if !batch.isEmpty { try load.take(batch) }
            }
            guard load.store.statistics.sampleCount == workload.sampleCount else {
                throw Failure("\(load.store.statistics.sampleCount) samples are there")
            }
            table.add("\(meters) meters an hour, \(block.name)", row(costs, first ?? costs))
            first = first ?? costs
        }
    }

    /// A sample a minute as one an hour.
    private static func hourly(_ sample: Sample) -> Sample {
        let start = Workload.start
        let time = start + (sample.time.milliseconds - start) * 60
        return Sample(time: Instant(milliseconds: time), value: sample.value)
    }

    /// What taking samples costs, up to a checkpoint behind them.
    private func costs(
        _ load: inout StoreLoad,
        _ body: (inout StoreLoad) throws -> Void
    ) throws -> LoadCosts {
        let figures = ProcessFigures()
        let written = figures.writtenBytes
        _ = load.takeCosts()
        try body(&load)
        try load.finish()
        var costs = load.takeCosts()
        costs.writtenBytes = figures.writtenBytes - written
        return costs
    }

    private func row(_ costs: LoadCosts, _ first: LoadCosts) -> [String] {
        let parts = [costs.encoding, costs.commits, costs.appending, costs.checkpoints]
        let all = costs.perMillion(costs.total)
        let bytes = Double(costs.writtenBytes) / Double(costs.sampleCount)
        let firstBytes = Double(first.writtenBytes) / Double(first.sampleCount)
        return parts.map { decimals(costs.perMillion($0), 3) } + [
            decimals(all, 3), decimals(all / first.perMillion(first.total), 2),
            decimals(bytes, 1), decimals(bytes / firstBytes, 2),
        ]
    }

    func validate() throws {
        guard meters >= 10, meters % 10 == 0, weeks > 0 else {
            throw ValidationError("--meters is a multiple of ten, and --weeks one or more")
        }
    }
}
