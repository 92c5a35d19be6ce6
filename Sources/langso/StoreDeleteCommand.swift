internal import ArgumentParser
internal import Gateway
internal import Telemetry

/// `langso store delete`.
struct StoreDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes samples of a stopped gateway, on record.",
        discussion: """
            For what is wrong and would stay so: a clock that was set wrong, a wrong scale. \
            Without --yes it only says what it would delete. Summaries are worked out anew from \
            the samples that are left; where those have given way, every summary that the times \
            touch is deleted whole. Who asked for it and why is written to deletions.jsonl in the \
            data folder before anything is deleted. The journal keeps the messages as they came.
            --json: {"folder", "from", "to", "series", "examples": [labels], "samples", \
            "summaries", "onlySummariesBefore"}; "summaries" with --yes only, \
            "onlySummariesBefore" without it, where samples have given way already. Exit code 1 \
            when nothing was deleted because of a fault.
            """
    )

    @Option(name: .long, help: "Data folder of a gateway that does not run.")
    var data: String

    @Option(name: .long, help: "Which series, as '{device=\"lamp-3\"}'.")
    var match: String

    @Option(name: .long, help: "First time, RFC 3339 or seconds since 1970.")
    var from: TimeArgument

    @Option(name: .long, help: "Last time, RFC 3339 or seconds since 1970.")
    var to: TimeArgument

    @Option(name: .long, help: "Who asks for it.")
    var author: String

    @Option(name: .long, help: "Why.")
    var reason: String

    @Flag(name: .long, help: "Deletes; without it nothing is changed.")
    var yes = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func validate() throws {
        if from.instant > to.instant { throw ValidationError("--from is later than --to") }
    }

    func run() throws {
        let range = from.instant...to.instant
        do {
            let done =
                yes
                ? try SampleDeletion(
                    deleting: match,
                    in: range,
                    dataFolder: data,
                    author: author,
                    reason: reason,
                    now: GatewayRuntime.systemClock()
                )
                : try SampleDeletion(previewOf: match, in: range, dataFolder: data)
            if json { return try Output.json(done) }
            for labels in done.examples { print(labels) }
            if done.series > done.examples.count { print("and others, \(done.series) in all") }
            if let summaries = done.summaries {
                print("\(done.samples) samples deleted, \(summaries) summaries changed")
            } else {
                if let before = done.onlySummariesBefore {
                    print(
                        "before \(before) only summaries are left: all that these times touch "
                            + "would be deleted whole, and cannot be made again"
                    )
                }
                print("\(done.samples) samples would be deleted; say --yes to do it")
            }
        } catch {
            throw Output.failure(error)
        }
    }
}
