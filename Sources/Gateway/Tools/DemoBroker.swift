internal import Foundation
internal import MQTT
internal import RingStore

/// A mosquitto of the demonstration's own: a child process on a free port of the loopback.
final class DemoBroker: Sendable {
    private let child: ChildProcess
    /// Lets the thread go that started the child.
    private let released: DispatchSemaphore
    /// Port that it listens on.
    let port: Int

    /// Longest wait for the broker to listen, which takes it some milliseconds.
    static let startLimit = Duration.seconds(10)
    /// Lines of the broker's log that tell why it did not come up.
    static let toldLines = 5

    private init(child: ChildProcess, port: Int, released: DispatchSemaphore) {
        self.child = child
        self.port = port
        self.released = released
    }

    deinit { released.signal() }

    /// Starts a broker with the configuration that langso recommends, and waits until it listens.
    ///
    /// - Throws: ``GatewayError/missingProgram(name:package:)``,
    ///   ``GatewayError/childFailed(name:reason:)`` with what the broker said.
    static func start(folder: String) async throws -> DemoBroker {
        let program = try program("mosquitto", package: "mosquitto")
        let guardian = try Self.program("setpriv", package: "util-linux")
        try StorageFolder(folder).createIfMissing()
        let port = try freePort()
        var configuration = MosquittoConfiguration(port: port, dataFolder: folder)
        // Started by root it would change to a user that cannot write in the folder.
        if geteuid() == 0 { configuration.processUser = "root" }
        let (file, log) = ("\(folder)/mosquitto.conf", "\(folder)/mosquitto.log")
        // With this mosquitto 2.0 says when it listens.
        let text = configuration.text + "log_type information\n"
        try Data(text.utf8).write(to: URL(filePath: file))
        let released = DispatchSemaphore(value: 0)
        let child = try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                let child = Result {
                    try ChildProcess(
                        program: guardian,
                        arguments: endingWithParent + [program, "-c", file],
                        logPath: log
                    )
                }
                continuation.resume(with: child)
                // A parent's death is that of the thread which started the child: this one stays.
                if case .success = child { released.wait() }
            }
            thread.name = "broker"
            thread.start()
        }
        let broker = DemoBroker(child: child, port: port, released: released)
        try await broker.waitUntilListening(log)
        return broker
    }

    /// Ends the broker and waits until it has ended.
    func stop() { child.end(by: SIGTERM) }

    /// Has the kernel end the broker with this process, whatever ends it, SIGKILL too.
    ///
    /// The shell between looks whether this process was there still when that was arranged.
    private static var endingWithParent: [String] {
        let check = #"test "$PPID" -eq "$0" && exec "$@""#
        return ["--pdeathsig", "TERM", "/bin/sh", "-c", check, "\(getpid())"]
    }

    /// Waits for the broker's own word: on its port somebody else could answer.
    private func waitUntilListening(_ log: String) async throws {
        let deadline = ContinuousClock.now + Self.startLimit
        while true {
            let isRunning = child.isRunning
            let lines = try InputFile.text(log).split(separator: "\n")
            if isRunning, lines.contains(where: { $0.hasSuffix(" running") }) { return }
            guard isRunning, ContinuousClock.now < deadline else {
                stop()
                let end = isRunning ? "it does not listen after \(Self.startLimit)" : "it ended"
                let said = lines.suffix(Self.toldLines).joined(separator: "; ")
                throw GatewayError.childFailed(name: "mosquitto", reason: "\(end): \(said)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private static func program(_ name: String, package: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders: [String] = path.split(separator: ":").map(String.init)
        let found = (folders + ["/usr/sbin", "/usr/local/sbin"]).map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else { throw GatewayError.missingProgram(name: name, package: package) }
        return found
    }

    /// A port that nobody listens on at this moment.
    private static func freePort() throws -> Int {
        // A child of another thread that inherited the socket would keep the port.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let listener = socket(AF_INET, kind, 0)
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
