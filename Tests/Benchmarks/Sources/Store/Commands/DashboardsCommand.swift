internal import ArgumentParser
internal import Foundation
internal import Measuring
internal import RingStore

/// `Store dashboards`: the four queries and those of dashboards and indicators, beside servers that
/// speak PromQL.
struct DashboardsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboards",
        abstract: "Queries of dashboards and indicators, beside Prometheus and VictoriaMetrics."
    )

    @OptionGroup var options: SizeOptions
    @Option(help: "How often each query is asked.")
    var repeats = 15
    @Option(help: "Ask only queries with this text in their name.")
    var only = ""
    @Option(help: "A folder that keeps the filled store for the next time.")
    var data: String?
    @Option(help: "The gateway's program; .build/release/langso if not set.")
    var langso: String?
    @Flag(help: "This process alone: neither the gateway nor peers.")
    var inProcess = false

    func run() throws {
        let size = options.size
        let bench = try BenchFolder()
        defer { bench.remove() }
        let folder = data ?? "\(bench.path)/data"
        if !FileManager.default.fileExists(atPath: folder) { try size.fill(folder) }
        let queries = (BenchQuery.all + BenchQuery.dashboards).filter {
            only.isEmpty || $0.name.contains(only)
        }
        let expected = ExpectedAnswers(size.workload())
        print("dashboards: \(size.series) series x \(size.samples) samples, \(repeats) repeats")
        let own = try showOwn(folder, queries, expected)
        if !inProcess { try showPeers(folder, bench, own, queries, expected) }
    }

    /// Asks in this process.
    ///
    /// - Returns: Milliseconds of each query.
    private func showOwn(
        _ folder: String,
        _ queries: [BenchQuery],
        _ expected: ExpectedAnswers
    ) throws -> [Double] {
        let store = try RingStore.open(folder: folder, settings: options.size.storeSettings)
        let target = StoreInProcess(store: store)
        var table = Table("p50 ms", "p95 ms", "CPU ms", "samples read", "series", "points")
        var medians: [Double] = []
        for query in queries {
            let mark = Mark()
            let (latencies, answer) = try target.measure(query, repeats: repeats)
            let cpu = mark.elapsed.cpuSeconds / Double(repeats + 1)
            try require(answer, query, expected)
            medians.append(latencies.quantile(0.5))
            table.add(
                query.name,
                [
                    decimals(latencies.quantile(0.5), 3), decimals(latencies.quantile(0.95), 3),
                    decimals(cpu * 1000, 3), "\(try target.readCount(query))",
                    "\(answer.seriesCount)", "\(answer.pointCount)",
                ]
            )
        }
        print("\nin process, answers compared with plain loops over the workload")
        table.show()
        return medians
    }

    /// Asks the gateway and the peers over HTTP, one right after the other.
    private func showPeers(
        _ folder: String,
        _ bench: BenchFolder,
        _ own: [Double],
        _ queries: [BenchQuery],
        _ expected: ExpectedAnswers
    ) throws {
        let workload = options.size.workload()
        var peers: [ServerPeer] = []
        if let path = PrometheusPeer.program.path() {
            peers.append(try PrometheusPeer(path, bench))
        }
        if let path = VictoriaMetricsPeer.program.path() {
            peers.append(try VictoriaMetricsPeer(path, bench))
        }
        for peer in peers { _ = try peer.load(workload) }
        let server = try (langso ?? Checkout.langso).map {
            try LangsoServer($0, bench, data: folder, options.size)
        }
        let gateway = server.map { PrometheusAPI(connection: HTTPConnection(port: $0.port)) }
        var table = Table(["in process", "langso serve"] + peers.map(\.name))
        var notes: [String] = []
        for (query, inProcess) in zip(queries, own) {
            var row = [decimals(inProcess, 3), "-"]
            var ours = inProcess
            if let (latencies, answer) = try gateway?.measure(query, repeats: repeats) {
                try require(answer, query, expected)
                ours = latencies.quantile(0.5)
                row[1] = decimals(ours, 3)
            }
            for peer in peers {
                guard let measured = try peer.measure(query, .overHTTP, repeats: repeats) else {
                    row.append("-")
                    continue
                }
                let median = measured.latencies.quantile(0.5)
                row.append("\(decimals(median, 3)) (x\(decimals(median / ours, 2)))")
                if !measured.answer.agrees(with: expected[query]) {
                    notes.append("\(peer.name), \(query.name): \(measured.answer)")
                    notes.append("    instead of \(expected[query])")
                }
            }
            table.add(query.name, row)
        }
        print("\nover HTTP, p50 ms; in parentheses the peer's over the gateway's")
        table.show()
        if !notes.isEmpty { print("\nanswers that differ:") }
        for note in notes { print(note) }
        withExtendedLifetime(server) {}
    }

    private func require(
        _ answer: QueryAnswer,
        _ query: BenchQuery,
        _ expected: ExpectedAnswers
    ) throws {
        guard answer.agrees(with: expected[query]) else {
            throw Failure("\(query.name): \(answer) instead of \(expected[query])")
        }
    }

    func validate() throws {
        guard repeats > 0 else { throw ValidationError("--repeats is one or more") }
        guard options.samples >= 10_000, options.series >= 1000 else {
            throw ValidationError("the queries need --series 1000 --samples 10000 at least")
        }
    }
}
