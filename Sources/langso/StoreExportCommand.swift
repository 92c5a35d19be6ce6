internal import ArgumentParser
internal import Gateway
internal import Telemetry

/// `langso store export`.
struct StoreExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes samples as OpenMetrics or CSV.",
        discussion: """
            openmetrics: text of OpenMetrics 1.0, as promtool tsdb create-blocks-from openmetrics \
            reads it. csv: time,value,metric and one column for each label, as spreadsheets read \
            it. Numbers come back bit for bit; of a NaN only that it is one. Markers of a series' \
            end are left out and counted in openmetrics, which has no word for them, and the word \
            stale in csv; series whose names openmetrics does not allow are left out and counted. \
            For a running gateway, make a copy first.
            --json, with --output only: {"file", "format", "series", "samples", \
            "staleMarkersLeftOut", "seriesLeftOut", "examplesLeftOut": [text], "newerRecords"}: \
            the last are records of the journal that the store had not taken. Exit code 1 when \
            series were left out or it failed; a file is then not replaced by half a text.
            """
    )

    @Option(name: .long, help: "Data folder of a gateway that does not run.")
    var data: String

    @Option(name: .long, help: "Which series, as '{village=\"Bản 1\"}'; all unless given.")
    var match: String?

    @Option(name: .long, help: "First time, RFC 3339 or seconds since 1970.")
    var from: TimeArgument?

    @Option(name: .long, help: "Last time, RFC 3339 or seconds since 1970.")
    var to: TimeArgument?

    @Option(name: .long, help: "How they are written.")
    var format = FormatArgument(.openmetrics)

    @Option(name: .long, help: "File, which is replaced; standard output unless given.")
    var output: String?

    @Flag(name: .long, help: "Prints one JSON document about what was written.")
    var json = false

    func validate() throws {
        if json, output == nil { throw ValidationError("--json needs --output") }
        if let from, let to, from.instant > to.instant {
            throw ValidationError("--from is later than --to")
        }
    }

    func run() throws {
        let bar = ProgressBar()
        let done: SampleExport
        do {
            let first = from?.instant ?? .distantPast
            done = try SampleExport(
                dataFolder: data,
                selector: match,
                range: first...max(first, to?.instant ?? .distantFuture),
                format: format.format,
                output: output
            ) { bar.show("export", $0) }
            bar.end()
            if json { try Output.json(done) }
        } catch {
            bar.end()
            throw Output.failure(error)
        }
        if !json { note(done) }
        if done.seriesLeftOut > 0 { throw ExitCode.failure }
    }

    private func note(_ done: SampleExport) {
        Output.note("\(done.samples) samples of \(done.series) series")
        if done.newerRecords > 0 {
            Output.note(
                "langso: the journal holds \(done.newerRecords) records that the store has not "
                    + "taken yet, which are not among them: start and stop a gateway on "
                    + "\(data) first"
            )
        }
        if done.staleMarkersLeftOut > 0 {
            Output.note("\(done.staleMarkersLeftOut) markers of a series' end left out")
        }
        guard done.seriesLeftOut > 0 else { return }
        Output.note(
            "langso: \(done.seriesLeftOut) series left out, whose names \(done.format) does not "
                + "allow; --format csv takes them:"
        )
        for example in done.examplesLeftOut { Output.note(example) }
    }
}
