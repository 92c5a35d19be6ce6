internal import ArgumentParser

/// How large the workload and the store are, as options of a command.
struct SizeOptions: ParsableArguments {
    @Option(help: "Series, a multiple of ten.")
    var series = StoreSize.standard.series
    @Option(help: "Samples of each series.")
    var samples = StoreSize.standard.samples
    @Option(help: "MiB of the store's raw tier.")
    var tier = StoreSize.standard.tier
    @Option(help: "MiB of the journal, 256 as the gateway's.")
    var journal = StoreSize.standard.journal
    @Option(
        help: """
            MiB of memory for samples before a checkpoint is due; as many as the gateway's if not \
            set, 24 or 512 bytes for each series.
            """
    )
    var memory: Int?

    @Flag(help: "No rollup tiers.")
    var rawOnly = false

    var size: StoreSize {
        StoreSize(
            series: series,
            samples: samples,
            tier: tier,
            journal: journal,
            memory: memory,
            hasRollups: !rawOnly
        )
    }

    func validate() throws {
        guard series >= 10, series % 10 == 0, samples > 0 else {
            throw ValidationError("--series is a multiple of ten, and --samples one or more")
        }
        guard tier > 0, journal > 0, memory.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--tier, --journal and --memory are numbers of MiB above zero")
        }
    }
}
