import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestKit

/// An Alertmanager of Debian for one test: a child process on a free port of the loopback that
/// ends with the value.
final class AlertmanagerProcess: @unchecked Sendable {
    // Unchecked: made and ended by one test.

    /// Why it could not be started or asked.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Where Debian puts the program; nil where it is not installed.
    static let program = ["/usr/bin/prometheus-alertmanager"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    let address: String
    private let process = Process()
    private let folder = try? TemporaryFolder("langso-alertmanager")

    /// Starts one that groups nothing and tells nobody.
    init(_ program: String) async throws {
        let port = try BrokerProcess.freePort()
        address = "http://127.0.0.1:\(port)"
        let folder = folder?.path ?? "/nowhere"
        try "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
            .write(toFile: "\(folder)/config.yml", atomically: true, encoding: .utf8)
        process.executableURL = URL(filePath: program)
        process.arguments = [
            "--config.file=\(folder)/config.yml", "--storage.path=\(folder)/data",
            "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let deadline = ContinuousClock.now + .seconds(30)
        while (try? await text("/-/ready")) == nil {
            guard ContinuousClock.now < deadline, process.isRunning else {
                throw Failure(description: "\(program) is not ready after 30 s")
            }
            await GatewayUnderTest.tick()
        }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// The names of active alerts, in rising order.
    func activeAlerts() async throws -> [[String: String]] {
        struct Entry: Decodable { let labels: [String: String] }
        let text = try await text("/api/v2/alerts?active=true&silenced=false&inhibited=false")
        return try JSONDecoder().decode([Entry].self, from: Data(text.utf8)).map(\.labels)
    }

    private func text(_ path: String) async throws -> String {
        let answer = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: address + path),
            timeout: .seconds(5)
        )
        guard answer.status == .ok else {
            throw Failure(description: "\(path) is answered with \(answer.status)")
        }
        return String(buffer: try await answer.body.collect(upTo: 1 << 20))
    }
}
