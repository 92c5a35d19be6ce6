internal import Measuring

/// The gateway itself as a server that takes remote write, as the other servers do.
///
/// Unlike them it has each request on the disk before it answers.
final class LangsoPeer: ServerPeer {
    init(_ name: String, _ program: String, _ bench: BenchFolder, _ size: StoreSize) throws {
        let port = try HTTPConnection.freePort()
        let folder = "\(bench.path)/\(name)"
        let config = try bench.write(
            "\(name).yaml",
            try LangsoServer.settings(data: folder, port: port, size, takesRemoteWrite: true)
        )
        try super.init(
            name: name,
            program: program,
            arguments: ["serve", "--config", config, "--log-level", "error"],
            port: port,
            folder: folder,
            parameters: ""
        )
    }

    /// Queries are asked of the gateway over this store.
    override func measure(
        _ query: BenchQuery,
        _ way: QueryWay,
        repeats: Int
    ) throws -> (latencies: Latencies, answer: QueryAnswer)? { nil }
}
