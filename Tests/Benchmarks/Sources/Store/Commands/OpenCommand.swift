internal import ArgumentParser
internal import Measuring
internal import RingStore
internal import Telemetry

/// `Store open`: how long it takes until a killed gateway's data can be asked again.
struct OpenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Time to open store and journal after a SIGKILL, and to replay the journal."
    )

    @OptionGroup var options: SizeOptions
    @Option(help: "How often it is opened anew; nothing is sealed in between.")
    var repeats = 3

    func run() throws {
        let bench = try BenchFolder()
        defer { bench.remove() }
        let data = "\(bench.path)/data"
        let child = try options.size.holder(data, withoutLastCheckpoint: true)
        try child.expect("empty")
        try child.expect("ready")
        child.killAtOnce()
        let count = options.size.workload().sampleCount
        print("open: \(count) samples, killed by SIGKILL, content compared")
        var table = Table("store ms", "journal ms", "replay ms", "all ms", "CPU ms", "replayed")
        for number in 1...repeats {
            table.add("opening \(number)", try open(data))
        }
        table.show()
        print("")
    }

    private func open(_ folder: String) throws -> [String] {
        let began = Mark()
        var store = try RingStore.open(folder: folder, settings: options.size.storeSettings)
        let opened = began.elapsed
        let journal = try Journal.open(folder: folder, committed: store.committedPosition)
        let found = began.elapsed
        let count = try replay(folder, to: journal.head, into: &store)
        let all = began.elapsed
        try store.snapshot().requireContent(of: options.size.workload())
        return [
            opened.wallSeconds, found.wallSeconds - opened.wallSeconds,
            all.wallSeconds - found.wallSeconds, all.wallSeconds, all.cpuSeconds,
        ].map { decimals($0 * 1000, 1) } + ["\(count)"]
    }

    /// Appends what the last checkpoint lacks, as the gateway's pipeline does.
    private func replay(
        _ folder: String,
        to head: UInt64,
        into store: inout RingStore
    ) throws -> Int {
        var samples = SampleRecordReader()
        var known: [UInt32: SeriesID] = [:]
        var count = 0
        let reader = try JournalReader(folder: folder)
        let position = store.journalPosition
        var refusal: (any Error)?
        // Records before the position say what numbers stand for in those after it.
        let first = try reader.start(covering: 0, before: position)
        try reader.scan(from: first, to: head) { record in
            guard record.kind == .samples else { return true }
            do {
                try samples.read(record)
                for number in samples.defined { known[number] = nil }
                guard record.position >= position else { return true }
                for sample in samples.samples {
                    let series: SeriesID
                    if let found = known[sample.series] {
                        series = found
                    } else {
                        series = try store.series(for: samples.labels(of: sample.series))
                        known[sample.series] = series
                    }
                    if store.append(series, sample.sample) == .stored { count += 1 }
                }
            } catch {
                refusal = error
                return false
            }
            return true
        }
        if let refusal { throw refusal }
        return count
    }

    func validate() throws {
        guard repeats > 0 else { throw ValidationError("--repeats is one or more") }
    }
}
