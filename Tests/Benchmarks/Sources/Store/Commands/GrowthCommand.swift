internal import ArgumentParser
internal import Measuring
internal import RingStore

/// `Store growth`: what a sample costs to take, and a series to find, with more and more series.
struct GrowthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth",
        abstract: "Cost of a sample at 1 000, 10 000, 100 000 and 1 000 000 series."
    )

    @Option(help: "Samples of each case, divided among its series.")
    var total = 4_000_000
    @Option(help: "Most series.")
    var most = 1_000_000
    @Option(help: "How often each query is asked.")
    var repeats = 15

    func run() throws {
        print("growth: \(total) samples a case; CPU s for a million samples, or new series")
        var costs = Table(
            "written",
            "committed",
            "appended",
            "checkpoints",
            "all",
            "x first",
            "new series",
            "bytes a sample"
        )
        var queries = Table("open ms", "1 series found, p50 ms", "10 series found, p50 ms")
        var first: Double?
        for series in [1000, 10_000, 100_000, 1_000_000] where series <= most {
            let bench = try BenchFolder()
            defer { bench.remove() }
            var size = StoreSize()
            size.series = series
            size.samples = max(1, total / series)
            size.batchesPerCommit = 1
            let name = "\(series) series x \(size.samples)"
            let result = try size.fill(bench.path)
            costs.add(name, row(result, of: series, &first))
            queries.add(name, try find(bench.path, size))
        }
        costs.show()
        print("one device among all, latest values, in process")
        queries.show()
        print("")
    }

    private func row(_ result: LoadResult, of series: Int, _ first: inout Double?) -> [String] {
        let (costs, statistics) = (result.costs, result.statistics)
        let all = costs.perMillion(costs.total)
        let ratio = all / (first ?? all)
        first = first ?? all
        let parts = [
            costs.encoding, costs.commits, costs.appending, costs.checkpoints, costs.total,
        ]
        let newSeries = costs.series.cpuSeconds * 1e6 / Double(series)
        let bytes = Double(statistics.encodedBytes) / Double(statistics.sampleCount)
        return parts.map { decimals(costs.perMillion($0), 3) } + [
            decimals(ratio, 2), decimals(newSeries, 3), decimals(bytes, 2),
        ]
    }

    /// What it costs to find few of many, after an opening.
    private func find(_ folder: String, _ size: StoreSize) throws -> [String] {
        let mark = Mark()
        let store = try RingStore.open(folder: folder, settings: size.storeSettings)
        let opening = mark.elapsed
        let target = StoreInProcess(store: store)
        let time = BenchQuery.Times.instant(size.workload().end)
        let texts = [
            #"temperature_celsius{device="d07"}"#: 1, #"{device="d07"}"#: 10,
        ]
        let found = try texts.sorted { $0.value < $1.value }.map { text, count in
            let query = BenchQuery(kind: .latest, name: text, text: text, times: time)
            let (latencies, answer) = try target.measure(query, repeats: repeats)
            guard answer.seriesCount == count else {
                throw Failure("\(text) found \(answer.seriesCount) series and not \(count)")
            }
            return decimals(latencies.quantile(0.5), 3)
        }
        return [decimals(opening.wallSeconds * 1000, 1)] + found
    }

    func validate() throws {
        guard total >= most, most >= 1000, repeats > 0 else {
            throw ValidationError(
                "--total is at least --most, that at least 1000, --repeats one or more"
            )
        }
    }
}
