internal import Measuring

/// The gateway itself over a prepared folder, without a broker to speak with.
struct LangsoServer {
    let child: Child
    let port: Int

    /// Starts it and waits until it answers.
    ///
    /// - Parameters:
    ///   - program: Path of `langso`.
    ///   - bench: Gets the configuration.
    ///   - data: Folder of store and journal.
    ///   - size: The sizes that they were made with.
    /// - Throws: ``Failure`` when it cannot be started or does not answer.
    init(_ program: String, _ bench: BenchFolder, data: String, _ size: StoreSize) throws {
        port = try HTTPConnection.freePort()
        let config = try bench.write(
            "langso.yaml",
            try Self.settings(data: data, port: port, size, takesRemoteWrite: false)
        )
        child = try Child(program, ["serve", "--config", config, "--log-level", "error"])
        let query = BenchQuery.all[0].path()
        try wait("langso serve over \(data)") { [port] in
            (try? HTTPConnection(port: port).get(query))?.status == 200
        }
    }

    /// A settings file for a gateway without a broker.
    ///
    /// - Throws: ``Failure`` when no port is free.
    static func settings(
        data: String,
        port: Int,
        _ size: StoreSize,
        takesRemoteWrite: Bool
    ) throws -> String {
        let nobody = try HTTPConnection.freePort()
        let rollups = size.hasRollups ? "" : ", rollups: {5m: 0, 1h: 0, 1d: 0}"
        let memory = size.memory.map { ", memory: \($0)MiB" } ?? ""
        return """
            name: benchmark
            data: \(data)
            broker: {host: 127.0.0.1, port: \(nobody), client_id: bench}
            subscriptions:
              - {topic: none/+, family: senml}
            store: {size: \(size.tier)MiB\(memory)\(rollups)}
            journal: {size: \(size.journal)MiB}
            web: {port: \(port), remote_write: \(takesRemoteWrite)}
            """
    }
}
