import Foundation

/// A server of Prometheus' family for one test: a child process on a free port of the loopback
/// that answers `/-/ready`, and ends with the value.
public final class ServerProcess: @unchecked Sendable {
    // Unchecked: a test starts and stops its server from one place.

    /// The port that it listens on.
    public let port: Int
    private let folder: TemporaryFolder
    private let child: BrokerChild

    /// Why a server could not be started.
    public struct Failure: Error, CustomStringConvertible {
        /// What was tried, and what the program said.
        public let description: String
    }

    /// Starts a server, and waits until it says that it is ready.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - folder: Keeps its files, and its log.
    ///   - arguments: What it is started with beside the address to listen on.
    /// - Throws: ``Failure`` when it is not ready within a minute.
    public init(_ program: String, folder: TemporaryFolder, arguments: [String]) throws {
        self.folder = folder
        port = try BrokerProcess.freePort()
        let log = folder.path(of: "server.log")
        child = try BrokerChild(
            program: program,
            arguments: arguments + ["--web.listen-address=127.0.0.1:\(port)"],
            logPath: log
        )
        let isReady = BrokerWaiting.until(within: .seconds(60)) {
            !child.isRunning
                || LoopbackRequest.get(port: port, path: "/-/ready", within: .seconds(2))?.status
                    == 200
        }
        guard isReady, child.isRunning else {
            child.end(by: SIGKILL)
            let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw Failure(description: "\(program) is not ready on port \(port): \(said)")
        }
    }

    deinit { child.end(by: SIGKILL) }
}
