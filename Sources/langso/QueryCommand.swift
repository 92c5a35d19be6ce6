internal import ArgumentParser
internal import Gateway
internal import Telemetry

/// `langso query`.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Evaluates PromQL on a running gateway or on the data of a stopped one.",
        discussion: """
            Prints a line for each value: series => value @ time. --json prints the answer of the \
            Prometheus HTTP API: {"status": "success", "data": {"resultType": …, "result": …}}, \
            with "warnings" and "infos" when there are any; else these go to standard error. \
            --data shows what was there at the last checkpoint: a gateway makes one when it is \
            stopped, and else every 15 minutes; after a power cut start it once to have the rest.
            """
    )

    @Argument(help: "Expression.")
    var expression: String

    @Option(name: .long, help: "Address of a running gateway.")
    var url: String?

    @Option(name: .long, help: "Data folder of a gateway that does not run.")
    var data: String?

    @Option(name: .long, help: "Time, RFC 3339 or seconds since 1970; now unless given.")
    var at: TimeArgument?

    @Option(name: .long, help: "Start of a range.")
    var from: TimeArgument?

    @Option(name: .long, help: "End of a range; now unless given.")
    var to: TimeArgument?

    @Option(name: .long, help: "Step of a range, as 5m.")
    var step: SpanArgument?

    @Flag(name: .long, help: "Prints the JSON of the API.")
    var json = false

    func validate() throws {
        if url != nil, data != nil { throw ValidationError("give --url or --data, not both") }
        if from == nil, to != nil || step != nil {
            throw ValidationError("--to and --step belong to a range: give --from too")
        }
        if from != nil, at != nil { throw ValidationError("give --at or --from, not both") }
        if from != nil, step == nil { throw ValidationError("a range needs --step, as 5m") }
    }

    func run() async throws {
        let now = GatewayRuntime.systemClock()
        var request = QueryRequest(expression: expression, times: .instant(at?.instant ?? now))
        if let from, let step {
            request.times = .range(from: from.instant, to: to?.instant ?? now, step: step.span)
        }
        do {
            let answer: String
            if let data {
                answer = try QueryTool.evaluate(request, dataFolder: data, now: now)
            } else {
                answer = try await QueryTool.ask(request, url: url ?? "http://127.0.0.1:8428")
            }
            if json { return print(answer) }
            for line in try QueryTool.lines(of: answer) { print(line) }
            for text in try QueryTool.annotations(of: answer) { Output.note(text) }
        } catch {
            throw Output.failure(error)
        }
    }
}
