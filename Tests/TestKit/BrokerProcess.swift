import Foundation

/// A mosquitto of its own for one test: a child process on a free port of the loopback.
///
/// It keeps its port, its folder and its configuration over restarts, and ends with the value.
public final class BrokerProcess: @unchecked Sendable {
    // Unchecked: a test starts and stops its broker from one place at a time.

    /// The port that it listens on.
    public let port: Int
    /// Its own files: configuration, state and log.
    public let folder: TemporaryFolder
    private var child: BrokerChild?

    /// Why a broker could not be started.
    public struct Failure: Error, CustomStringConvertible {
        /// What was tried, and what the broker said.
        public let description: String
    }

    /// Starts a broker.
    ///
    /// - Parameters:
    ///   - port: a port to listen on, or nil for a free one.
    ///   - folder: where its files are put, or nil for a new folder.
    ///   - configuration: makes the text of the file from the port and the folder for state.
    /// - Throws: ``Failure`` when it does not listen in time, or the file manager's errors.
    public init(
        port: Int? = nil,
        folder: TemporaryFolder? = nil,
        configuration: (_ port: Int, _ folder: String) -> String = BrokerProcess.plain
    ) throws {
        self.folder = try folder ?? TemporaryFolder("langso-broker")
        self.port = try port ?? BrokerProcess.freePort()
        var text = configuration(self.port, self.folder.path)
        // Started by root it would change to a user that cannot write in the test's folder.
        if geteuid() == 0 { text += "\nuser root\n" }
        // With the last of these mosquitto says when it listens.
        for kind in ["error", "warning", "notice", "information"] { text += "\nlog_type \(kind)\n" }
        try text.write(
            toFile: self.folder.path(of: "mosquitto.conf"),
            atomically: true,
            encoding: .utf8
        )
        try start()
    }

    deinit { kill() }

    /// A configuration that lets everybody in and keeps everything when it is stopped, nothing when
    /// it is killed.
    public static func plain(port: Int, folder: String) -> String {
        """
        listener \(port) 127.0.0.1
        allow_anonymous true
        persistence true
        persistence_location \(folder)/
        max_queued_messages 0
        set_tcp_nodelay true
        """
    }

    /// Path of the mosquitto program, or nil when it is not installed; prints the reason then.
    public static let program: String? = program(named: "mosquitto")

    /// Path of a program, looked for in `PATH` and where Debian keeps what root starts.
    public static func program(named name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders: [String] = path.split(separator: ":").map { String($0) }
        for folder in folders + ["/usr/sbin", "/usr/local/sbin"] {
            let candidate = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        print("skipped: \(name) is not installed")
        return nil
    }

    /// A port that nobody listens on at this moment.
    public static func freePort() throws -> Int {
        let listener = try BrokerStandIn()
        return listener.port
    }

    /// The broker's process id, or nil when it does not run.
    public var processID: Int32? {
        guard let child, child.isRunning else { return nil }
        return child.processID
    }

    /// What the broker has logged.
    public var log: String {
        (try? String(contentsOfFile: folder.path(of: "log"), encoding: .utf8)) ?? ""
    }

    /// Starts the broker again after ``stop()`` or ``kill()``.
    public func start() throws {
        guard let program = Self.program else { throw Failure(description: "no mosquitto") }
        let earlier = startCount
        let child = try BrokerChild(
            program: program,
            arguments: ["-c", folder.path(of: "mosquitto.conf")],
            logPath: folder.path(of: "log")
        )
        self.child = child
        // Its own word counts: on its port somebody else could answer.
        let isListening = BrokerWaiting.until(within: .seconds(10)) {
            !child.isRunning || startCount > earlier
        }
        guard isListening, child.isRunning else {
            throw Failure(description: "mosquitto does not listen on \(port): \(log)")
        }
    }

    /// How often it has said that it listens, all its lives together.
    private var startCount: Int {
        log.split(separator: "\n").count { $0.hasSuffix(" running") }
    }

    /// Lets the broker save its state and end.
    public func stop() {
        child?.end(by: SIGTERM)
        child = nil
    }

    /// Ends the broker as a power cut would.
    public func kill() {
        child?.end(by: SIGKILL)
        child = nil
    }
}
