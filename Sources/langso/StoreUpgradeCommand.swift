internal import ArgumentParser
internal import Gateway

/// `langso store upgrade`.
struct StoreUpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Migrates the store of a stopped gateway to the newest format.",
        discussion: """
            Builds the store anew as resize does, with the sizes that it has. A store of a later \
            program is refused.
            --json: {"found", "written", "taken"}: the version that it had, the one that this \
            program writes, and what resize prints; no "taken" when there was nothing to do. Exit \
            code 1 when nothing could be done.
            """
    )

    @Option(name: .long, help: "Data folder.")
    var data: String

    @Flag(name: .long, help: "What cannot be read may be lost for ever.")
    var dropDamaged = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() throws {
        let bar = ProgressBar()
        do {
            let report = try StoreTool.upgrade(
                dataFolder: data,
                dropsDamaged: dropDamaged
            ) { bar.show("upgrade", $0) }
            bar.end()
            if json { return try Output.json(report) }
            guard let taken = report.taken else {
                return print("\(data): already version \(report.written)")
            }
            print("\(data): version \(report.found) is now version \(report.written)")
            Output.table(taken.figures)
        } catch {
            bar.end()
            throw Output.failure(error)
        }
    }
}
