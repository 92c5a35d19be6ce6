import Foundation

/// A Prometheus of its own for one test, over blocks that `promtool` made of samples, or over what
/// is pushed to it; it scrapes nothing.
public final class PrometheusProcess: Sendable {
    private let server: ServerProcess

    /// The port that it listens on.
    public var port: Int { server.port }

    /// The programs; nil where one is not installed, and the reason is printed then.
    public static let programs: (server: String, tool: String)? = {
        guard let server = BrokerProcess.program(named: "prometheus"),
            let tool = BrokerProcess.program(named: "promtool")
        else { return nil }
        return (server, tool)
    }()

    /// Starts a Prometheus over samples, and waits until it answers.
    ///
    /// - Parameter openMetrics: The samples as an OpenMetrics page with times.
    /// - Throws: `ServerProcess.Failure` with what the programs said, or the file manager's errors.
    public convenience init(openMetrics: String) throws {
        let folder = try TemporaryFolder("langso-prometheus")
        let page = folder.path(of: "samples.txt")
        try openMetrics.write(toFile: page, atomically: true, encoding: .utf8)
        let log = folder.path(of: "tool.log")
        let tool = try BrokerChild(
            program: try Self.installed().tool,
            arguments: [
                "tsdb", "create-blocks-from", "openmetrics", page, folder.path(of: "data"),
            ],
            logPath: log
        )
        defer { tool.end(by: SIGKILL) }
        guard BrokerWaiting.until(within: .seconds(60), { !tool.isRunning }) else {
            let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw ServerProcess.Failure(description: "promtool does not end: \(said)")
        }
        try self.init(folder, configuration: "")
    }

    /// Starts a Prometheus that judges rules over what is pushed to it, and waits until it answers.
    ///
    /// - Parameter ruleFile: Path of a rule file.
    /// - Throws: `ServerProcess.Failure` with what the program said, or the file manager's errors.
    public convenience init(ruleFile: String) throws {
        try self.init(
            try TemporaryFolder("langso-prometheus"),
            configuration: "rule_files: ['\(ruleFile)']\n",
            options: ["--web.enable-remote-write-receiver"]
        )
    }

    private static func installed() throws -> (server: String, tool: String) {
        guard let programs else {
            throw ServerProcess.Failure(description: "prometheus or promtool is not installed")
        }
        return programs
    }

    private init(
        _ folder: TemporaryFolder,
        configuration: String,
        options: [String] = []
    ) throws {
        let file = folder.path(of: "prometheus.yml")
        try configuration.write(toFile: file, atomically: true, encoding: .utf8)
        server = try ServerProcess(
            try Self.installed().server,
            folder: folder,
            arguments: [
                "--config.file=\(file)",
                "--storage.tsdb.path=\(folder.path(of: "data"))",
                // The samples are older than what it would keep.
                "--storage.tsdb.retention.time=100y", "--log.level=warn",
            ] + options
        )
    }

    /// Asks the API; nil when there is no answer in time.
    public func ask(
        _ path: String,
        _ form: [(name: String, value: String)]
    ) -> LoopbackRequest.Answer? {
        LoopbackRequest.post(port: port, path: "/api/v1/\(path)", form: form)
    }
}
