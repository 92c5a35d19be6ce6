import Foundation
import TestKit

/// An Alertmanager of Debian for one test, that groups nothing and tells nobody.
final class AlertmanagerProcess: Sendable {
    private let server: ServerProcess

    /// Where Debian puts the program; nil where it is not installed, and the reason is printed.
    static let program = BrokerProcess.program(named: "prometheus-alertmanager")

    var address: String { "http://127.0.0.1:\(server.port)" }

    /// Starts one.
    init(_ program: String) throws {
        let folder = try TemporaryFolder("langso-alertmanager")
        let configuration = folder.path(of: "config.yml")
        try "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
            .write(toFile: configuration, atomically: true, encoding: .utf8)
        server = try ServerProcess(
            program,
            folder: folder,
            arguments: [
                "--config.file=\(configuration)", "--storage.path=\(folder.path(of: "data"))",
                "--cluster.listen-address=",
            ]
        )
    }

    /// The labels of active alerts; nil when there is no answer in time.
    func activeAlerts() throws -> [[String: String]]? {
        struct Entry: Decodable { let labels: [String: String] }
        let path = "/api/v2/alerts?active=true&silenced=false&inhibited=false"
        guard
            let answer = LoopbackRequest.get(
                port: server.port,
                path: path,
                within: .seconds(5)
            ), answer.status == 200
        else { return nil }
        return try JSONDecoder().decode([Entry].self, from: Data(answer.body)).map(\.labels)
    }
}
