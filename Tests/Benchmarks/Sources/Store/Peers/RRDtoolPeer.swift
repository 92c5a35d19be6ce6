internal import Foundation
internal import Measuring
internal import Telemetry

/// RRDtool, driven over its pipe: one update a call, as a collector does it, of 50 000 samples.
final class RRDtoolPeer: Peer {
    static let program = PeerProgram(program: "rrdtool", package: "rrdtool")
    let name = "RRDtool"
    private let child: Child
    private let folder: String
    private static let seriesCount = 100
    private static let updates = 500
    private static let slots = 10_000

    init(_ program: String, _ bench: BenchFolder) throws {
        folder = "\(bench.path)/rrdtool"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        child = try Child(program, ["-", folder], collectsOutput: true, isFed: true)
    }

    func load(_ workload: Workload) throws -> [Measure: Double] {
        let samples = Self.updates
        let start = Workload.start / 1000 - 120
        for series in 0..<Self.seriesCount {
            try run(
                "create \(series).rrd --start \(start) --step 60 DS:v:GAUGE:600:U:U "
                    + "RRA:LAST:0.5:1:\(Self.slots)"
            )
        }
        let before = child.figures.cpuSeconds
        var sources = (0..<Self.seriesCount).map { workload.generator(of: $0) }
        let mark = Mark()
        for _ in 0..<samples {
            for series in sources.indices {
                let sample = sources[series].next()
                // Its clock has whole seconds.
                try run("update \(series).rrd \(sample.time.milliseconds / 1000):\(sample.value)")
            }
        }
        let wall = mark.elapsed.wallSeconds
        let figures = child.figures
        let millions = Double(Self.seriesCount * samples) / 1e6
        try requireLast(sources.count, workload)
        return [
            .cpuPerMillion: (figures.cpuSeconds - before) / millions,
            .wallPerMillion: wall / millions,
            .bytesPerSample: Double(ServerPeer.fileBytes(folder))
                / Double(Self.seriesCount * Self.slots),
        ]
    }

    func measure(
        _ query: BenchQuery,
        _ way: QueryWay,
        repeats: Int
    ) throws -> (latencies: Latencies, answer: QueryAnswer)? { nil }

    /// Checks the time of the last update of each file.
    private func requireLast(_ count: Int, _ workload: Workload) throws {
        for series in 0..<count {
            var source = workload.generator(of: series)
            var last: Int64 = 0
            for _ in 0..<Self.updates { last = source.next().time.milliseconds / 1000 }
            let found = try run("last \(series).rrd")
            guard found == "\(last)" else {
                throw Failure("RRDtool's last update of \(series) is \(found) and not \(last)")
            }
        }
    }

    /// One command; it answers with lines, of which the last begins with OK or ERROR.
    @discardableResult
    private func run(_ command: String) throws -> String {
        try child.feed(command + "\n")
        var text = ""
        while let line = child.readLine() {
            if line.hasPrefix("OK") { return text }
            if line.hasPrefix("ERROR") { throw Failure("RRDtool refused \(command): \(line)") }
            text += line
        }
        throw Failure("RRDtool ended at \(command)")
    }
}
