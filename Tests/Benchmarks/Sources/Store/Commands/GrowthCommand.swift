internal import ArgumentParser
internal import Foundation
internal import Measuring
internal import RingStore

/// `Store growth`: what a sample costs to take, and a series to find, with more and more series.
struct GrowthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth",
        abstract: "Cost of a sample at 1 000, 10 000, 100 000 and 1 000 000 series."
    )

    @Option(help: "Samples of each case, divided among its series.")
    var total = 16_000_000
    @Option(help: "Most series.")
    var most = 1_000_000
    @Option(help: "How often each query is asked.")
    var repeats = 15
    @Option(help: "File to draw a plot of the figures into, as SVG.")
    var svg: String?

    /// What is measured of a number of series.
    private struct Case {
        let series: Int
        /// CPU seconds for a million samples, all parts.
        let sampleSeconds: Double
        /// CPU seconds for a million new series.
        let seriesSeconds: Double
        let sampleBytes: Double
        /// Half of the latest values of a single series were found in so many milliseconds.
        let findMilliseconds: Double
    }

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
        var cases: [Case] = []
        for series in [1000, 10_000, 100_000, 1_000_000] where series <= most {
            let bench = try BenchFolder()
            defer { bench.remove() }
            var size = StoreSize()
            size.series = series
            size.samples = max(1, total / series)
            size.batchesPerCommit = 1
            // As the page of costs advises: a checkpoint is due when half of the journal is
            // pending, and each segment names its series.
            size.journal = max(size.journal, series >> 10)
            size.segment = max(size.segment, series >> 13)
            // A million series have few samples each here, and none of them old enough: nothing
            // would be rolled up, where of a thousand series everything is.
            size.hasRollups = false
            let name = "\(series) series x \(size.samples)"
            let result = try size.fill(bench.path)
            let found = try find(bench.path, size)
            let figures = figures(result, of: series, found.milliseconds[0])
            cases.append(figures)
            costs.add(name, row(result, figures, cases[0]))
            queries.add(
                name,
                [decimals(found.openMilliseconds, 1)] + found.milliseconds.map { decimals($0, 3) }
            )
        }
        costs.show()
        print("one device among all, latest values, in process")
        queries.show()
        print("")
        if let svg { try plot(cases).svg.write(toFile: svg, atomically: true, encoding: .utf8) }
    }

    private func figures(_ result: LoadResult, of series: Int, _ find: Double) -> Case {
        let (costs, statistics) = (result.costs, result.statistics)
        return Case(
            series: series,
            sampleSeconds: costs.perMillion(costs.total),
            seriesSeconds: costs.series.cpuSeconds * 1e6 / Double(series),
            sampleBytes: Double(statistics.encodedBytes) / Double(statistics.sampleCount),
            findMilliseconds: find
        )
    }

    private func row(_ result: LoadResult, _ figures: Case, _ first: Case) -> [String] {
        let costs = result.costs
        let parts = [costs.encoding, costs.commits, costs.appending, costs.checkpoints]
        return parts.map { decimals(costs.perMillion($0), 3) } + [
            decimals(figures.sampleSeconds, 3),
            decimals(figures.sampleSeconds / first.sampleSeconds, 2),
            decimals(figures.seriesSeconds, 3), decimals(figures.sampleBytes, 2),
        ]
    }

    /// What it costs to open the store, and to find few series of many: one, and those of a device.
    private func find(
        _ folder: String,
        _ size: StoreSize
    ) throws -> (openMilliseconds: Double, milliseconds: [Double]) {
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
            return latencies.quantile(0.5)
        }
        return (opening.wallSeconds * 1000, found)
    }

    /// How each figure grows, as a multiple of the first case's.
    private func plot(_ cases: [Case]) -> LinePlot {
        var plot = LinePlot(
            "Growth: cost beside that of \(cases[0].series) series",
            across: "series",
            cases: cases.map { "\($0.series)" }
        )
        let figures: [(String, KeyPath<Case, Double>)] = [
            ("CPU of a sample", \.sampleSeconds), ("CPU of a new series", \.seriesSeconds),
            ("bytes of a sample", \.sampleBytes), ("finding one series", \.findMilliseconds),
        ]
        for (name, figure) in figures {
            plot.add(name, cases.map { $0[keyPath: figure] / cases[0][keyPath: figure] })
        }
        return plot
    }

    func validate() throws {
        guard total >= most, most >= 1000, repeats > 0 else {
            throw ValidationError(
                "--total is at least --most, that at least 1000, --repeats one or more"
            )
        }
    }
}
