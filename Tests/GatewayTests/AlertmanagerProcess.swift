import Foundation
import TestKit

/// An Alertmanager of Debian for one test, that groups nothing.
final class AlertmanagerProcess: Sendable {
    private let server: ServerProcess

    /// Where Debian puts the program; nil where it is not installed, and the reason is printed.
    static let program = BrokerProcess.program(named: "prometheus-alertmanager")

    var address: String { "http://127.0.0.1:\(server.port)" }

    /// What was asked in vain, and with which status it was answered, if it was.
    struct NoAnswer: Error {
        let path: String
        let status: Int?
    }

    /// An alert as Alertmanager has it.
    struct Held: Decodable {
        let labels: [String: String]
        let annotations: [String: String]
        let startsAt: String
        let endsAt: String
        let updatedAt: String
        let generatorURL: String
    }

    /// Starts one.
    ///
    /// - Parameters:
    ///   - program: where it lies.
    ///   - webhook: port of the webhook that it tells, also of ends, each within a second; nil for
    ///     nobody.
    /// - Throws: what keeps it from being ready.
    init(_ program: String, tellingPort webhook: Int? = nil) throws {
        let folder = try TemporaryFolder("langso-alertmanager")
        let hooks = webhook.map {
            ", webhook_configs: [{url: 'http://127.0.0.1:\($0)/hook', send_resolved: true}]"
        }
        let configuration = folder.path(of: "config.yml")
        try """
        route: {receiver: crew, group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
        receivers: [{name: crew\(hooks ?? "")}]
        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        server = try ServerProcess(
            program,
            folder: folder,
            arguments: [
                "--config.file=\(configuration)", "--storage.path=\(folder.path(of: "data"))",
                "--cluster.listen-address=",
            ]
        )
    }

    /// The active alerts.
    func activeAlerts() throws -> [Held] {
        let body = try get("/api/v2/alerts?active=true&silenced=false&inhibited=false")
        return try JSONDecoder().decode([Held].self, from: Data(body))
    }

    /// How often it was told of an alert that fires, and of one whose end lies in the past.
    func received() throws -> (firing: Int, resolved: Int) {
        let lines = String(decoding: try get("/metrics"), as: UTF8.self).split(separator: "\n")
        func count(_ status: String) -> Int {
            let name = "alertmanager_alerts_received_total{status=\"\(status)\",version=\"v2\"} "
            return lines.first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) } ?? 0
        }
        return (count("firing"), count("resolved"))
    }

    private func get(_ path: String) throws -> [UInt8] {
        let answer = LoopbackRequest.get(port: server.port, path: path, within: .seconds(5))
        guard let answer, answer.status == 200 else {
            throw NoAnswer(path: path, status: answer?.status)
        }
        return answer.body
    }
}
