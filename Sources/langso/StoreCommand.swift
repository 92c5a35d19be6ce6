internal import ArgumentParser
internal import Gateway

/// `langso store`.
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Makes, checks, copies and changes the data of a gateway.",
        discussion: """
            All but copy work on the data of a gateway that does not run, and say so when it does; \
            what they show is what was there at its last checkpoint, which a gateway makes when it \
            is stopped. To see into the data of a running one, work on a copy.
            """,
        subcommands: [
            StoreCreateCommand.self, StoreStatsCommand.self, StoreVerifyCommand.self,
            StoreResizeCommand.self, StoreUpgradeCommand.self, StoreExportCommand.self,
            StoreImportCommand.self, StoreCopyCommand.self,
        ]
    )
}

/// `langso store stats`.
struct StoreStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Prints what a store holds and what room it takes.",
        discussion: """
            --json: {"folder", "series", "samples", "oldest", "newest", "usedBytes", \
            "encodedBytes", "budgetBytes", "fileBytes", "bytesPerSample", "runs", "checkpoints", \
            "journalPosition", "newerRecords", "damagedBlocks"}; an empty store has no "oldest", \
            "newest" and "bytesPerSample".
            """
    )

    @Option(name: .long, help: "Data folder.")
    var data: String

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() throws {
        do {
            let report = try StoreReport(dataFolder: data)
            if json { return try Output.json(report) }
            let rate = report.bytesPerSample.map { String(($0 * 100).rounded() / 100) } ?? "no data"
            print("folder            \(report.folder)")
            print("series            \(report.series)")
            print("samples           \(report.samples)")
            print("oldest            \(report.oldest ?? "no data")")
            print("newest            \(report.newest ?? "no data")")
            print("bytes in use      \(report.usedBytes) of \(report.budgetBytes)")
            print("bytes a sample    \(rate)")
            print("file bytes        \(report.fileBytes)")
            print("runs              \(report.runs)")
            print("checkpoints       \(report.checkpoints)")
            print("journal position  \(report.journalPosition)")
            print("newer in journal  \(report.newerRecords)")
            print("damaged blocks    \(report.damagedBlocks)")
        } catch {
            throw Output.failure(error)
        }
    }
}
