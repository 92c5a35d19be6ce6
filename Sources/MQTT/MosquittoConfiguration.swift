/// A configuration of the broker mosquitto that loses nothing it has acknowledged while a gateway
/// is away, written as its file wants it.
///
/// What mosquitto 2.0 does by itself is made for other work: it drops what goes beyond 1,000
/// queued messages of a client, though it has acknowledged them, and writes its state to disk every
/// 30 minutes. `mosquitto.conf(5)` describes each line.
public struct MosquittoConfiguration: Hashable, Sendable {
    /// Port to listen on, 1 to 65,535.
    public var port: Int
    /// Address to listen on; only this machine reaches the preset.
    public var bindAddress = "127.0.0.1"
    /// Folder that keeps the broker's state, without a slash at its end; the broker must be able
    /// to write there.
    public var dataFolder: String
    /// File of users as `mosquitto_passwd` makes it; nil lets everybody in who reaches the port.
    public var passwordFile: String?
    /// Certificates, or nil for connections without encryption.
    public var tls: TLS?
    /// When the state is written to disk.
    public var saving = Saving.everySeconds(10)
    /// Most bytes kept for one client that is away, 0 for no limit; what goes beyond is lost.
    public var queueBytes = 256 << 20
    /// Largest payload that the broker takes.
    public var payloadBytes = 1 << 20
    /// The user that the broker runs as when it is started by root; nil leaves that to mosquitto,
    /// which takes `mosquitto`.
    public var processUser: String?

    /// The broker's side of TLS.
    public struct TLS: Hashable, Sendable {
        /// File of the broker's certificate in PEM.
        public var certificateFile: String
        /// File of its key in PEM.
        public var keyFile: String
        /// File of authorities that sign clients' certificates; nil asks clients for none.
        public var clientAuthorityFile: String?

        /// Creates the broker's side.
        public init(
            certificateFile: String,
            keyFile: String,
            clientAuthorityFile: String? = nil
        ) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.clientAuthorityFile = clientAuthorityFile
        }
    }

    /// When a broker writes its state, the queues of clients that are away among it.
    public enum Saving: Hashable, Sendable {
        /// At intervals of 1 second or more: a power cut costs what came since. The whole state
        /// is written each time, so that a long queue makes short intervals dear.
        case everySeconds(Int)
        /// After each message that is queued: a power cut costs nothing, a long queue much time.
        case everyChange
    }

    /// Creates a configuration with everything but the port and the folder preset.
    public init(port: Int, dataFolder: String) {
        self.port = port
        self.dataFolder = dataFolder
    }

    /// The text of a configuration for this machine alone.
    public static func recommended(
        port: Int,
        dataFolder: String,
        passwordFile: String? = nil
    ) -> String {
        var configuration = MosquittoConfiguration(port: port, dataFolder: dataFolder)
        configuration.passwordFile = passwordFile
        return configuration.text
    }

    /// The text of the file.
    public var text: String {
        (listener + access + state + queues + limits + log).joined(separator: "\n") + "\n"
    }

    private var listener: [String] {
        var lines = ["# Who can reach the broker.", "listener \(port) \(bindAddress)"]
        if let processUser { lines.append("user \(processUser)") }
        guard let tls else { return lines }
        lines += ["certfile \(tls.certificateFile)", "keyfile \(tls.keyFile)"]
        if let authority = tls.clientAuthorityFile {
            lines += ["cafile \(authority)", "require_certificate true"]
        }
        return lines
    }

    private var access: [String] {
        guard let passwordFile else { return ["allow_anonymous true"] }
        return ["allow_anonymous false", "password_file \(passwordFile)"]
    }

    private var state: [String] {
        var lines = [
            "",
            "# What survives a restart: by itself mosquitto saves every 30 minutes.",
            "persistence true",
            "persistence_location \(dataFolder)/",
        ]
        switch saving {
        case .everySeconds(let seconds):
            lines += ["autosave_on_changes false", "autosave_interval \(max(1, seconds))"]
        case .everyChange:
            lines += ["autosave_on_changes true", "autosave_interval 1"]
        }
        return lines
    }

    private var queues: [String] {
        [
            "",
            "# What is kept for a gateway that is away: by itself 1,000 messages, the rest lost.",
            "max_queued_messages 0",
            "max_queued_bytes \(queueBytes)",
            "# Devices that publish at QoS 0 are kept too: the gateway's QoS 1 counts.",
            "upgrade_outgoing_qos true",
        ]
    }

    private var limits: [String] {
        [
            "",
            "# How much is under way at once: a gateway acknowledges by the thousand.",
            "max_inflight_messages 1000",
            "message_size_limit \(payloadBytes)",
            "set_tcp_nodelay true",
        ]
    }

    private var log: [String] {
        [
            "",
            "log_dest stderr",
            "log_type error",
            "log_type warning",
            "log_type notice",
        ]
    }
}
