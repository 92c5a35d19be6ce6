internal import ArgumentParser
internal import Measuring
internal import RingStore

/// `Store query`: how long the four queries take, in process and through the gateway's API.
struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Latency of the four queries, in process and over HTTP."
    )

    @OptionGroup var options: SizeOptions
    @Option(help: "How often each query is asked.")
    var repeats = 15

    func run() throws {
        let size = options.size
        let bench = try BenchFolder()
        defer { bench.remove() }
        let data = "\(bench.path)/data"
        try size.fill(data)
        let expected = ExpectedAnswers(size.workload())
        print("query: \(size.series) series x \(size.samples) samples, \(repeats) repeats")
        let settings = size.storeSettings
        do {
            let store = try RingStore.open(folder: data, settings: settings)
            let target = StoreInProcess(store: store)
            try show("in process", target, expected)
        }
        guard let program = Checkout.langso else {
            print("over HTTP: not measured, as .build/release/langso is missing; build it with")
            print("swift build -c release in the top folder")
            return
        }
        let server = try LangsoServer(program, bench, data: data, size)
        let target = PrometheusAPI(connection: HTTPConnection(port: server.port))
        try show("over HTTP (langso serve)", target, expected)
        withExtendedLifetime(server) {}
    }

    private func show(
        _ name: String,
        _ target: some QueryTarget,
        _ expected: ExpectedAnswers
    ) throws {
        var table = Table("p50 ms", "p95 ms", "series", "points")
        for query in BenchQuery.all {
            let (latencies, answer) = try target.measure(query, repeats: repeats)
            guard answer.agrees(with: expected[query]) else {
                throw Failure(
                    "\(query.name) \(name): \(answer) instead of \(expected[query])"
                )
            }
            table.add(
                query.name,
                [
                    decimals(latencies.quantile(0.5), 3), decimals(latencies.quantile(0.95), 3),
                    "\(answer.seriesCount)", "\(answer.pointCount)",
                ]
            )
        }
        print("\n\(name), answers compared with the workload's own")
        table.show()
    }

    func validate() throws {
        guard repeats > 0 else { throw ValidationError("--repeats is one or more") }
        guard options.samples >= 10_000, options.series >= 1000 else {
            throw ValidationError("the queries need --series 1000 --samples 10000 at least")
        }
    }
}
