internal import ArgumentParser
internal import Gateway

/// `langso store import`.
struct StoreImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Reads samples of OpenMetrics or CSV into the store of a stopped gateway.",
        discussion: """
            The forms are those of export; /dev/stdin is a file, too. A line is taken whole, or \
            not at all when anything is wrong with it; all others are taken. Samples that are \
            there already change nothing and other values at their times take their place, which \
            of those before the last one on disk of their series is found out later: they count \
            as late. Those older than what the store keeps are counted, too; those more than a day \
            after now are faults. Faults are counted and the first 20 told.
            --json: {"file", "format", "isDryRun", "samples", "stored", "overwritten", \
            "unchanged", "late", "tooOld", "newSeries", "exemplars", "droppedBefore", \
            "faults": [text], "faultCount"}. Exit code 1 when a line was refused, samples gave way \
            for want of room, or it failed.
            """
    )

    @Option(name: .long, help: "Data folder of a gateway that does not run.")
    var data: String

    @Argument(help: "File.")
    var file: String

    @Option(name: .long, help: "How it is written.")
    var format: FormatArgument

    @Flag(name: .long, help: "Only reads and checks the file.")
    var dryRun = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() throws {
        let bar = ProgressBar()
        let done: SampleImport
        do {
            done = try SampleImport(
                file,
                format: format.format,
                dataFolder: data,
                isDryRun: dryRun,
                now: GatewayRuntime.systemClock()
            ) { bar.show("import", $0) }
            bar.end()
        } catch {
            bar.end()
            throw Output.failure(error)
        }
        if json {
            try Output.json(done)
        } else {
            for fault in done.faults { Output.note("langso: \(fault)") }
            print(
                dryRun
                    ? "\(done.samples) samples, nothing stored"
                    : "\(done.samples) samples: \(done.stored) stored, \(done.overwritten) "
                        + "overwritten, \(done.unchanged) unchanged, \(done.late) late, "
                        + "\(done.tooOld) too old; \(done.newSeries) new series"
            )
            if done.faultCount > 0 { print("\(done.faultCount) lines refused") }
        }
        if let time = done.droppedBefore {
            Output.note(
                "langso: samples before \(time) gave way, because the store has no room for more; "
                    + "give it some with langso store resize, and import again"
            )
        }
        if done.faultCount > 0 || done.droppedBefore != nil { throw ExitCode.failure }
    }
}
