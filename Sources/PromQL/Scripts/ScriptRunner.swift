internal import Telemetry

/// Runs `.test` files of the Prometheus project: data, queries, and what they must give.
///
/// - Source: Prometheus, promql/promqltest/README.md.
public struct ScriptRunner: Sendable {
    let engine: QueryEngine

    /// Creates a runner.
    public init(engine: QueryEngine = QueryEngine()) {
        self.engine = engine
    }

    /// Runs a file's text.
    public func run(text: String, file: String) -> ScriptReport {
        var report = ScriptReport()
        var source = MemorySeriesSource()
        var lines = Self.commands(text)[...]
        while let command = lines.popFirst() {
            do {
                switch command.words.first {
                case "clear": source = MemorySeriesSource()
                case "load": try load(command, into: &source)
                default:
                    try ScriptStatement(command).check(engine, source)
                    report.passed += 1
                }
            } catch {
                report.failures.append(
                    ScriptReport.Failure(file: file, line: command.line, message: error.message)
                )
            }
        }
        return report
    }

    /// A command's first line with those that belong to it.
    struct Command {
        var line: Int
        var head: String
        var body: [String]

        var words: [Substring] { head.split(separator: " ") }
    }

    private static func commands(_ text: String) -> [Command] {
        var commands: [Command] = []
        var isOpen = false
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let blanks: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
            var line = raw.drop(while: blanks)
            while let last = line.last, blanks(last) { line.removeLast() }
            if line.isEmpty || line.hasPrefix("#") {
                isOpen = false
            } else if isOpen {
                commands[commands.count - 1].body.append(
                    String(line.map { $0 == "\t" ? " " : $0 })
                )
            } else {
                commands.append(Command(line: index + 1, head: String(line), body: []))
                isOpen = line != "clear"
            }
        }
        return commands
    }

    private func load(
        _ command: Command,
        into source: inout MemorySeriesSource
    ) throws(QueryError) {
        guard command.words.count == 2,
            let step = DurationText.parse(String(command.words[1]))
        else { throw QueryError(.parse, "cannot read \(command.head)") }
        for line in command.body {
            let series = try ScriptSeries(line)
            for (index, item) in series.items.enumerated() {
                guard let item else { continue }
                let time = Instant(milliseconds: Int64(index) * step.count)
                source.append(series.labels, Sample(time: time, value: item))
            }
        }
    }
}
