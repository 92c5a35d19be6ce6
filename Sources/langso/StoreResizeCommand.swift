internal import ArgumentParser
internal import Gateway

/// `langso store resize`.
struct StoreResizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resize",
        abstract: "Gives the store of a stopped gateway other sizes.",
        discussion: """
            Builds new files beside the old ones, which needs room for both, and puts them in \
            their place at the end; whatever fails before leaves the old ones as they were. In a \
            smaller tier the oldest samples or summaries have no room: that is refused, with how \
            many and from when, unless --drop-oldest is given, and so is what cannot be read \
            unless --drop-damaged is. A rollup tier that is new gets its summaries from the \
            samples that are there, at the gateway's next checkpoint. Series that have no samples \
            left make room for others. Change the settings file, too.
            --json: {"folder", "rawTierBytesBefore", "rawTierBytes", "rollups": [{"tier", \
            "bytesBefore", "bytes", "droppedBefore"}], "series", "emptySeries", "samples", \
            "droppedSamples", "droppedFrom", "droppedBefore", "damagedBlocks", \
            "unreadableSamples", "settings"}; without dropped samples or summaries there are no \
            times of them. Exit code 1 when nothing was changed.
            """
    )

    @Option(name: .long, help: "Data folder.")
    var data: String

    @Option(name: .long, help: "New room for samples, as 256MiB or 4GiB; the same unless given.")
    var rawTier: SizeArgument?

    @Option(
        name: .long,
        help: "New room of a rollup tier, as 1h=256MiB, or 1h=0 for none; for each that changes."
    )
    var rollup: [RollupArgument] = []

    @Option(name: .long, help: "Most series; room for as many labels as before unless given.")
    var series: Int?

    @Flag(name: .long, help: "The oldest samples and summaries may be lost for ever.")
    var dropOldest = false

    @Flag(name: .long, help: "What cannot be read may be lost for ever.")
    var dropDamaged = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func validate() throws {
        guard rawTier == nil, rollup.isEmpty, series == nil else { return }
        throw ValidationError("give --raw-tier, --rollup or --series")
    }

    func run() throws {
        let bar = ProgressBar()
        do {
            let report = try StoreTool.resize(
                dataFolder: data,
                rawTierBytes: rawTier?.bytes,
                rollups: rollup.map(\.size),
                maximumSeries: series,
                dropsOldest: dropOldest,
                dropsDamaged: dropDamaged
            ) { bar.show("resize", $0) }
            bar.end()
            if json { return try Output.json(report) }
            Output.table(report.figures)
            print("to be changed in the settings file: \(report.settings)")
        } catch {
            bar.end()
            throw Output.failure(error)
        }
    }
}
