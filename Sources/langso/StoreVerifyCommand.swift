internal import ArgumentParser
internal import Gateway

/// `langso store verify`.
struct StoreVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads a store and its journal whole and checks everything.",
        discussion: """
            Checks in each tier header pages, both roots, the labels, each run's index, every \
            chunk's checksum, decodes every block, and compares counts, times, series and slots; \
            in the journal each record's checksum and the chain of hashes. A line for each fault \
            says where. The counts are those of all tiers together; values are samples and, in \
            rollup tiers, parts of summaries.
            --json: {"folder", "headerPages", "roots", "catalogueBatches", "series", "partitions", \
            "runs", "chunks", "blocks", "values", "usedSlots", "slots", "journalSegments", \
            "openJournalSegments", "notes": [text], "faults": [text], "faultCount"}. Exit code 1 \
            when there is a fault or the data cannot be read.
            """
    )

    @Option(name: .long, help: "Data folder.")
    var data: String

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() throws {
        let bar = ProgressBar()
        let check: StoreCheck
        do {
            check = try StoreCheck(dataFolder: data) { bar.show("verify", $0) }
            bar.end()
        } catch {
            bar.end()
            throw Output.failure(error)
        }
        if json { try Output.json(check) } else { print(check) }
        if check.faultCount > 0 { throw ExitCode.failure }
    }

    private func print(_ check: StoreCheck) {
        for line in check.faults + check.notes.map({ "note: \($0)" }) { Swift.print(line) }
        let counts = [
            ("header pages", check.headerPages), ("roots", check.roots),
            ("batches of labels", check.catalogueBatches), ("series", check.series),
            ("partitions", check.partitions), ("runs", check.runs), ("chunks", check.chunks),
            ("blocks", check.blocks), ("values", check.values), ("slots in use", check.usedSlots),
            ("journal segments", check.journalSegments + check.openJournalSegments),
        ]
        Output.table(counts.map { ($0, "\($1)") })
        Swift.print("\(check.faultCount) fault\(check.faultCount == 1 ? "" : "s")")
    }
}
