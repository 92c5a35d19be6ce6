internal import ArgumentParser
internal import Gateway

/// `langso store stats`.
struct StoreStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Prints what a store holds and what room it takes.",
        discussion: """
            Of each tier: the bytes in use and those that it has, its values (in rollup tiers up \
            to nine for each summary), since when it has everything, and up to when it is \
            summarised.
            --json: {"folder", "series", "samples", "oldest", "newest", "usedBytes", \
            "encodedBytes", "budgetBytes", "fileBytes", "bytesPerSample", "tiers": [{"tier", \
            "usedBytes", "budgetBytes", "fileBytes", "values", "horizon", "frontier"}], "runs", \
            "checkpoints", "journalPosition", "newerRecords", "damagedBlocks"}; an empty store has \
            no "oldest", "newest" and "bytesPerSample", a tier that nothing has left no "horizon", \
            and one that nothing is summarised in no "frontier". What stands outside "tiers" is of \
            the raw one, but for "fileBytes" and "damagedBlocks".
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
            Output.table([
                ("folder", report.folder), ("series", "\(report.series)"),
                ("samples", "\(report.samples)"), ("oldest", report.oldest ?? "no data"),
                ("newest", report.newest ?? "no data"), ("bytes a sample", rate),
            ])
            Output.table(report.tiers.map { ("tier \($0.tier)", Self.text($0)) })
            Output.table([
                ("file bytes", "\(report.fileBytes)"), ("runs", "\(report.runs)"),
                ("checkpoints", "\(report.checkpoints)"),
                ("journal position", "\(report.journalPosition)"),
                ("newer in journal", "\(report.newerRecords)"),
                ("damaged blocks", "\(report.damagedBlocks)"),
            ])
        } catch {
            throw Output.failure(error)
        }
    }

    private static func text(_ tier: TierReport) -> String {
        var text = "\(tier.usedBytes) of \(tier.budgetBytes) bytes, \(tier.values) values"
        if let horizon = tier.horizon { text += ", since \(horizon)" }
        if let frontier = tier.frontier { text += ", up to \(frontier)" }
        return text
    }
}
