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

    /// An alert as Alertmanager has it.
    struct Held: Decodable {
        let labels: [String: String]
        let annotations: [String: String]
        let startsAt: String
        let endsAt: String
        let updatedAt: String
        let generatorURL: String
    }

    /// Starts one that groups nothing.
    ///
    /// - Parameters:
    ///   - program: where it lies.
    ///   - webhook: port of the webhook that it tells, also of ends, each within a second; nil for
    ///     nobody.
    /// - Throws: what keeps it from being ready.
    init(_ program: String, tellingPort webhook: Int? = nil) async throws {
        let port = try BrokerProcess.freePort()
        address = "http://127.0.0.1:\(port)"
        let folder = folder?.path ?? "/nowhere"
        let hooks = webhook.map {
            ", webhook_configs: [{url: 'http://127.0.0.1:\($0)/hook', send_resolved: true}]"
        }
        try """
        route: {receiver: crew, group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
        receivers: [{name: crew\(hooks ?? "")}]
        """.write(toFile: "\(folder)/config.yml", atomically: true, encoding: .utf8)
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

    /// The active alerts.
    func activeAlerts() async throws -> [Held] {
        let text = try await text("/api/v2/alerts?active=true&silenced=false&inhibited=false")
        return try JSONDecoder().decode([Held].self, from: Data(text.utf8))
    }

    /// How often it was told of an alert that fires, and of one whose end lies in the past.
    func received() async throws -> (firing: Int, resolved: Int) {
        let lines = try await text("/metrics").split(separator: "\n")
        func count(_ status: String) -> Int {
            let name = "alertmanager_alerts_received_total{status=\"\(status)\",version=\"v2\"} "
            return lines.first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) } ?? 0
        }
        return (count("firing"), count("resolved"))
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
