internal import Foundation
internal import Measuring

/// A server that takes Prometheus remote write and answers the Prometheus HTTP API.
class ServerPeer: Peer {
    let name: String
    let child: Child
    let port: Int
    let folder: String
    private let api: PrometheusAPI
    /// Samples of each series in a request: 50 000 of a thousand series.
    private static let samplesPerRequest = 50

    init(
        name: String,
        program: String,
        arguments: [String],
        port: Int,
        folder: String,
        parameters: String
    ) throws {
        self.name = name
        self.port = port
        self.folder = folder
        child = try Child(program, arguments)
        api = PrometheusAPI(connection: HTTPConnection(port: port), parameters: parameters)
        try wait(name) { (try? HTTPConnection(port: port).get("/-/ready"))?.status == 200 }
    }

    /// Makes it write what it still holds in memory, and waits until it is done.
    func flush() throws { try waitUntilQuiet() }

    /// Bytes of samples, and of everything, for one sample; nil where that is not told.
    func diskUse(_ workload: Workload) throws -> (samples: Double, all: Double)? { nil }

    func load(_ workload: Workload) throws -> [Measure: Double] {
        var requests = RemoteWrite(workload)
        let connection = HTTPConnection(port: port)
        let before = child.figures.cpuSeconds
        var wall = 0.0
        var sent = 0
        while sent < workload.samplesPerSeries {
            let count = min(Self.samplesPerRequest, workload.samplesPerSeries - sent)
            let body = requests.next(count)
            let mark = Mark()
            let answer = try connection.post(
                "/api/v1/write",
                headers: RemoteWrite.headers,
                body: body
            )
            wall += mark.elapsed.wallSeconds
            guard answer.status / 100 == 2 else {
                throw Failure("\(name) refused samples: \(answer.status) \(answer.text)")
            }
            sent += count
        }
        try flush()
        let millions = Double(workload.sampleCount) / 1e6
        let figures = child.figures
        var measures: [Measure: Double] = [
            .cpuPerMillion: (figures.cpuSeconds - before) / millions,
            .wallPerMillion: wall / millions,
            .idleMegabytes: Double(figures.residentBytes) / 1e6,
            .peakMegabytes: Double(figures.peakBytes) / 1e6,
        ]
        if let bytes = try diskUse(workload) {
            measures[.bytesPerSample] = bytes.samples
            measures[.allBytesPerSample] = bytes.all
        }
        return measures
    }

    func measure(
        _ query: BenchQuery,
        _ way: QueryWay,
        repeats: Int
    ) throws -> (latencies: Latencies, answer: QueryAnswer)? {
        way == .overHTTP ? try api.measure(query, repeats: repeats) : nil
    }

    /// Waits until it has used next to no processor time for three seconds.
    func waitUntilQuiet() throws {
        var last = child.figures.cpuSeconds
        var quietSeconds = 0
        for _ in 0..<180 where quietSeconds < 3 {
            Thread.sleep(forTimeInterval: 1)
            let now = child.figures.cpuSeconds
            quietSeconds = now - last < 0.03 ? quietSeconds + 1 : 0
            last = now
        }
        guard child.process.isRunning else { throw Failure("\(name) has ended by itself") }
    }

    /// Bytes of all files below a folder.
    static func fileBytes(_ folder: String) -> Int {
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }
        return (files ?? []).reduce(0) { sum, file in
            let path = "\(folder)/\(file)"
            let facts = try? FileManager.default.attributesOfItem(atPath: path)
            guard facts?[.type] as? FileAttributeType == .typeRegular else { return sum }
            return sum + (facts?[.size] as? Int ?? 0)
        }
    }
}

/// VictoriaMetrics; its caches are off while it is asked.
final class VictoriaMetricsPeer: ServerPeer {
    static let program = PeerProgram(program: "victoria-metrics", package: "victoria-metrics")

    init(_ program: String, _ bench: BenchFolder) throws {
        let port = try HTTPConnection.freePort()
        let folder = "\(bench.path)/victoria-metrics"
        try super.init(
            name: "VictoriaMetrics",
            program: program,
            arguments: [
                "-storageDataPath=\(folder)", "-httpListenAddr=127.0.0.1:\(port)",
                "-retentionPeriod=100y", "-loggerLevel=ERROR",
            ],
            port: port,
            folder: folder,
            parameters: "&nocache=1"
        )
    }

    override func flush() throws {
        let connection = HTTPConnection(port: port)
        for path in ["/internal/force_flush", "/internal/force_merge"] {
            guard try connection.get(path).status == 200 else {
                throw Failure("VictoriaMetrics refused \(path)")
            }
        }
        try waitUntilQuiet()
    }

    override func diskUse(_ workload: Workload) throws -> (samples: Double, all: Double)? {
        let samples = Self.fileBytes("\(folder)/data")
        let all = samples + Self.fileBytes("\(folder)/indexdb")
        let count = Double(workload.sampleCount)
        return (Double(samples) / count, Double(all) / count)
    }
}

/// Prometheus with its write receiver.
final class PrometheusPeer: ServerPeer {
    static let program = PeerProgram(program: "prometheus", package: "prometheus")

    init(_ program: String, _ bench: BenchFolder) throws {
        let port = try HTTPConnection.freePort()
        let folder = "\(bench.path)/prometheus"
        let config = try bench.write("prometheus.yml", "global:\n  scrape_interval: 60s\n")
        try super.init(
            name: "Prometheus",
            program: program,
            arguments: [
                "--config.file=\(config)", "--storage.tsdb.path=\(folder)",
                "--storage.tsdb.retention.time=100y", "--web.enable-remote-write-receiver",
                "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
            ],
            port: port,
            folder: folder,
            parameters: ""
        )
    }

    /// Blocks for the samples that are in blocks; the last hours are in its head, where their
    /// bytes are not final.
    override func diskUse(_ workload: Workload) throws -> (samples: Double, all: Double)? {
        var (chunkBytes, blockBytes, sampleCount) = (0, 0, 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let block = "\(folder)/\(name)"
            guard let meta = try? Data(contentsOf: URL(filePath: "\(block)/meta.json")) else {
                continue
            }
            let object = try JSONSerialization.jsonObject(with: meta) as? [String: Any]
            let stats = object?["stats"] as? [String: Any]
            sampleCount += stats?["numSamples"] as? Int ?? 0
            chunkBytes += Self.fileBytes("\(block)/chunks")
            blockBytes += Self.fileBytes(block)
        }
        guard sampleCount > 0 else { throw Failure("Prometheus has made no block") }
        return (Double(chunkBytes) / Double(sampleCount), Double(blockBytes) / Double(sampleCount))
    }
}
