internal import ArgumentParser
internal import Glibc
internal import Measuring

/// `Store peers`: the same workload and the same queries in this store and in what Debian has.
struct PeersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers",
        abstract: "This store beside VictoriaMetrics, Prometheus, SQLite and RRDtool, in one run."
    )

    @Option(help: "How often each query is asked.")
    var repeats = 15

    @Option(help: "A name of those to measure, may be given again; all when it is not.")
    var only: [String] = []

    func run() throws {
        try Workload.requireSameAsReference()
        let bench = try BenchFolder()
        defer { bench.remove() }
        let workload = Workload.standard
        var report = PeerReport()
        let peers = try start(bench)
        guard !peers.isEmpty else { throw Failure("none is called so: \(only)") }
        for peer in peers {
            print("\(peer.name): loading …")
            fflush(nil)
            report.add(peer.name, try peer.load(workload))
        }
        let expected = ExpectedAnswers(workload)
        for way in QueryWay.allCases {
            for query in BenchQuery.all {
                try ask(query, way, peers, expected[query], &report)
            }
        }
        report.show()
    }

    private func start(_ bench: BenchFolder) throws -> [any Peer] {
        var peers: [any Peer] = []
        func add(_ name: String, _ peer: () throws -> (any Peer)?) throws {
            if only.isEmpty || only.contains(name), let peer = try peer() { peers.append(peer) }
        }
        try add("this store") { OwnStore(bench, .standard) }
        // With its rollup tiers, and without them, as the other servers have none.
        for (name, hasRollups) in [("langso", true), ("langso-raw", false)] {
            var size = StoreSize.standard
            size.hasRollups = hasRollups
            try add(name) { try Checkout.langso.map { try LangsoPeer(name, $0, bench, size) } }
        }
        try add("VictoriaMetrics") {
            try VictoriaMetricsPeer.program.path().map { try VictoriaMetricsPeer($0, bench) }
        }
        try add("Prometheus") {
            try PrometheusPeer.program.path().map { try PrometheusPeer($0, bench) }
        }
        try add("SQLite") { try SQLitePeer(bench) }
        try add("RRDtool") { try RRDtoolPeer.program.path().map { try RRDtoolPeer($0, bench) } }
        return peers
    }

    /// Asks one peer right after the other, so that a busy moment meets all of them.
    private func ask(
        _ query: BenchQuery,
        _ way: QueryWay,
        _ peers: [any Peer],
        _ expected: QueryAnswer,
        _ report: inout PeerReport
    ) throws {
        let name = "ms, \(query.name), \(way.rawValue)"
        for peer in peers {
            guard let (latencies, answer) = try peer.measure(query, way, repeats: repeats) else {
                continue
            }
            report.add(peer.name, name, latencies.quantile(0.5))
            if answer.agrees(with: expected) { continue }
            guard peer.name != "this store" else {
                throw Failure("\(query.name) \(way.rawValue): \(answer) instead of \(expected)")
            }
            report.note("\(peer.name), \(query.name): \(answer); this store: \(expected)")
        }
    }

    func validate() throws {
        guard repeats > 0 else { throw ValidationError("--repeats is one or more") }
    }
}
