internal import Foundation
internal import MQTT
internal import RingStore

/// A mosquitto of the demonstration's own: a child process on a free port of the loopback.
final class DemoBroker: Sendable {
    private let child: ChildProcess
    /// Port that it listens on.
    let port: Int

    /// Starts a broker with the configuration that langso recommends.
    ///
    /// - Throws: ``GatewayError/missingProgram(name:package:)``,
    ///   ``GatewayError/childFailed(name:reason:)``.
    init(folder: String) throws {
        guard let program = Self.program else {
            throw GatewayError.missingProgram(name: "mosquitto", package: "mosquitto")
        }
        try StorageFolder(folder).createIfMissing()
        port = try Self.freePort()
        var configuration = MosquittoConfiguration(port: port, dataFolder: folder)
        // Started by root it would change to a user that cannot write in the folder.
        if geteuid() == 0 { configuration.processUser = "root" }
        let file = "\(folder)/mosquitto.conf"
        try Data(configuration.text.utf8).write(to: URL(filePath: file))
        child = try ChildProcess(
            program: program,
            arguments: ["-c", file],
            logPath: "\(folder)/mosquitto.log"
        )
    }

    /// Ends the broker and waits until it has ended.
    func stop() { child.end(by: SIGTERM) }

    private static var program: String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders: [String] = path.split(separator: ":").map(String.init)
        return (folders + ["/usr/sbin", "/usr/local/sbin"]).map { "\($0)/mosquitto" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// A port that nobody listens on at this moment.
    private static func freePort() throws -> Int {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, size) == 0 && getsockname(listener, raw, &size) == 0
            }
        }
        guard isBound else {
            throw GatewayError.childFailed(
                name: "mosquitto",
                reason: "no port of 127.0.0.1 is free"
            )
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
