internal import Measuring
internal import RingStore

/// This store, beside the peers.
final class OwnStore: Peer {
    let name = "this store"
    private let bench: BenchFolder
    private let size: StoreSize
    private var inProcess: StoreInProcess?
    private var server: LangsoServer?
    private let data: String

    init(_ bench: BenchFolder, _ size: StoreSize) {
        self.bench = bench
        self.size = size
        data = "\(bench.path)/own"
    }

    /// Filled twice: once here, where costs are measured, and once by a child whose memory is read.
    ///
    /// Two copies stay, as one folder has one owner: this process asks the child's, the gateway
    /// the other.
    func load(_ workload: Workload) throws -> [Measure: Double] {
        var measured = size
        measured.batchesPerCommit = 1
        let result = try measured.fill(data)
        let second = "\(bench.path)/second"
        let child = try size.holder(second)
        try child.expect("empty")
        try child.expect("ready")
        let (idle, peak) = (child.figures.residentBytes, child.figures.peakBytes)
        try child.endInput()
        try child.requireSuccess()
        inProcess = StoreInProcess(
            store: try RingStore.open(folder: second, settings: size.storeSettings)
        )
        if let program = Checkout.langso {
            server = try LangsoServer(program, bench, data: data, size)
        } else {
            print("langso: .build/release/langso is missing: swift build -c release in the top")
        }
        let statistics = result.statistics
        let count = Double(statistics.sampleCount)
        let millions = count / 1e6
        let all = statistics.encodedBytes + statistics.storedCatalogueBytes
        return [
            .cpuPerMillion: result.costs.total.cpuSeconds / millions,
            .wallPerMillion: result.costs.total.wallSeconds / millions,
            .bytesPerSample: Double(statistics.encodedBytes - statistics.indexBytes) / count,
            .allBytesPerSample: Double(all) / count,
            .idleMegabytes: Double(idle) / 1e6,
            .peakMegabytes: Double(peak) / 1e6,
        ]
    }

    func measure(
        _ query: BenchQuery,
        _ way: QueryWay,
        repeats: Int
    ) throws -> (latencies: Latencies, answer: QueryAnswer)? {
        switch way {
        case .inProcess: return try inProcess?.measure(query, repeats: repeats)
        case .overHTTP:
            guard let server else { return nil }
            let api = PrometheusAPI(connection: HTTPConnection(port: server.port))
            return try api.measure(query, repeats: repeats)
        }
    }
}
