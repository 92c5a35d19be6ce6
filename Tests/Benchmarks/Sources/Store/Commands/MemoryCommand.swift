internal import ArgumentParser
internal import Measuring

/// `Store memory`: resident memory of a process with a filled store, each in a child of its own.
struct MemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "Resident memory: the workload, 50 000 and 1 000 000 active series."
    )

    @Option(help: "Samples of each case, divided among its series.")
    var total = 10_000_000

    func run() throws {
        print("memory: \(total) samples a case, no query asked")
        var table = Table("idle MB", "of it heap MB", "peak MB", "before the store MB")
        for series in [1000, 50_000, 1_000_000] {
            var size = StoreSize()
            size.series = series
            size.samples = max(1, total / series)
            // So that samples may take all the memory that they are given, as in `growth`.
            size.journal = max(size.journal, series >> 10)
            table.add("\(series) series x \(size.samples)", try measure(size))
        }
        if let program = Checkout.langso {
            table.add("langso serve, 1000 x \(total / 1000)", try serve(program))
        }
        table.show()
        print(
            "a MB is 1 000 000 bytes; peak is with the last checkpoint; the source of the samples"
        )
        print("is in the peak, 24 bytes a series, and gone when idle\n")
    }

    private func measure(_ size: StoreSize) throws -> [String] {
        let bench = try BenchFolder()
        defer { bench.remove() }
        let child = try size.holder("\(bench.path)/data")
        try child.expect("empty")
        let before = child.figures.residentBytes
        try child.expect("ready")
        let figures = child.figures
        let row = [
            megabytes(figures.residentBytes), megabytes(figures.anonymousBytes),
            megabytes(figures.peakBytes), megabytes(before),
        ]
        try child.endInput()
        try child.requireSuccess()
        return row
    }

    /// The gateway over the same data, after it has been asked once whether it is there.
    private func serve(_ program: String) throws -> [String] {
        let bench = try BenchFolder()
        defer { bench.remove() }
        var size = StoreSize()
        size.samples = max(1, total / size.series)
        let data = "\(bench.path)/data"
        try size.fill(data)
        let server = try LangsoServer(program, bench, data: data, size)
        let figures = server.child.figures
        return [
            megabytes(figures.residentBytes), megabytes(figures.anonymousBytes),
            megabytes(figures.peakBytes), "-",
        ]
    }

    func validate() throws {
        guard total > 0 else { throw ValidationError("--total is one or more") }
    }
}
