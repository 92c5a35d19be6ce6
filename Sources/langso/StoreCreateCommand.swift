internal import ArgumentParser
internal import Gateway

/// `langso store create`.
struct StoreCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes an empty store with all of its space reserved.",
        discussion: """
            A folder that has a store is refused. The files keep the sizes; the retention and the \
            limit of series count when the settings file says so, and the line for it is printed. \
            A gateway makes its store itself, so that this is for filling one by import first.
            --json: {"folder", "rawTierBytes", "rollupBytes": {tier: number}, "maximumSeries", \
            "fileBytes", "settings"}. Exit code 1 when nothing was made.
            """
    )

    @Option(name: .long, help: "Data folder; it is made when it is missing.")
    var data: String

    @Option(name: .long, help: "Room for samples, as 256MiB or 4GiB.")
    var rawTier: SizeArgument

    @Option(
        name: .long,
        help: """
            Room of a rollup tier, as 5m=512MiB, 1h=256MiB or 1d=128MiB, for each that there shall \
            be; 5m=0 alone for none. Without it a half, a quarter and an eighth of --raw-tier.
            """
    )
    var rollup: [RollupArgument] = []

    @Option(name: .long, help: "Most series.")
    var series = 100_000

    @Option(
        name: .long,
        help: "How long samples are kept at most, as 400d; without it, while there is room."
    )
    var retention: SpanArgument?

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() throws {
        do {
            let made = try StoreTool.create(
                dataFolder: data,
                rawTierBytes: rawTier.bytes,
                rollups: rollup.isEmpty ? nil : rollup.map(\.size),
                maximumSeries: series,
                retention: retention?.span
            )
            if json { return try Output.json(made) }
            print("\(made.folder): a store of \(made.fileBytes) bytes, for the settings file:")
            print(made.settings)
        } catch {
            throw Output.failure(error)
        }
    }
}
