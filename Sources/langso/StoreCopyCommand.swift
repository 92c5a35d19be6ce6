internal import ArgumentParser
internal import Gateway

/// `langso store copy`.
struct StoreCopyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copies a data folder consistently, while its gateway runs or not.",
        discussion: """
            The copy is a whole data folder: store with its rollup tiers, journal, registry, \
            alerts, subscriptions and the index of undecodable messages. Its store shows one \
            checkpoint; a gateway that is \
            started on it takes from the copied journal what came after. The store reserves all of \
            its space in the copy, too. It is built in a folder with .partial behind its name; one \
            that a killed copy has left gives way.
            --json: {"folder", "target", "files": [name], "checkpoints", "journalPosition", \
            "journalHead", "runs", "damagedRuns", "passes"}; without a journal there is no \
            "journalHead". Exit code 1 when there is no copy, or it has damage as the data has.
            """
    )

    @Option(name: .long, help: "Data folder.")
    var data: String

    @Option(name: .long, help: "Folder of the copy; it must not be there yet.")
    var to: String

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() throws {
        let bar = ProgressBar()
        let copy: DataCopy
        do {
            copy = try DataCopy(dataFolder: data, target: to) { bar.show($0, $1) }
            bar.end()
        } catch {
            bar.end()
            throw Output.failure(error)
        }
        if json {
            try Output.json(copy)
        } else {
            Output.table([
                ("folder", copy.target), ("files", copy.files.joined(separator: ", ")),
                ("runs", "\(copy.runs)"), ("checkpoints", "\(copy.checkpoints)"),
                ("journal position", "\(copy.journalPosition)"),
            ])
        }
        guard copy.damagedRuns > 0 else { return }
        Output.note(
            "langso: \(copy.damagedRuns) runs have damage and were copied as they are; langso "
                + "store verify --data \(copy.target) says where"
        )
        throw ExitCode.failure
    }
}
