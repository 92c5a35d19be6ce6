/// Looks at a broker from outside, and says what a gateway must know of it.
///
/// It connects under client ids and to topics of its own, which it makes up, so that it disturbs
/// no session; with ``measuresQueue`` it leaves a thousand small messages with the broker for a
/// moment and takes them away again.
public struct BrokerProbe: Sendable {
    /// Where to look; ``BrokerSettings/answerTimeout`` bounds each step.
    public var settings: BrokerSettings
    /// Whether to try how many messages the broker keeps for a client that is away.
    public var measuresQueue: Bool
    private let mark: String

    /// What is published to find a limit: more than the 1,000 that mosquitto keeps by itself.
    static let queueProbeCount = 1_200
    /// Silence after which no further message is expected.
    static let quiet: Duration = .milliseconds(1_500)

    /// Creates a probe.
    public init(_ settings: BrokerSettings, measuresQueue: Bool = true) {
        self.settings = settings
        self.measuresQueue = measuresQueue
        mark = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    }

    /// Looks, and waits for the answers: some seconds, each step at most its timeout.
    ///
    /// - Returns: findings in the order of ``ProbeCheck``; the first fault ends the look.
    public func run() -> [ProbeFinding] {
        var findings: [ProbeFinding] = []
        do {
            try settings.validate()
            let connection = try open("a", cleanSession: true)
            findings.append(good(.connection, "\(settings.address) accepts the connection"))
            findings.append(encryption)
            findings.append(try otherVersion())
            findings.append(try software(connection))
            findings += try subscriptions(connection)
            try connection.close()
            findings += try session()
        } catch {
            findings.append(finding(.connection, .fault, "\(error)"))
        }
        return findings
    }

    private func open(_ name: String, cleanSession: Bool) throws(MQTTError) -> ProbeConnection {
        // Permissions are often given by the start of a client id, so the gateway's comes first.
        let room = BrokerSettings.maximumClientIDBytes - mark.utf8.count - 8
        let prefix = String(decoding: settings.clientID.utf8.prefix(room), as: UTF8.self)
        return try ProbeConnection(
            settings,
            clientID: "\(prefix)-probe-\(name)\(mark)",
            cleanSession: cleanSession
        )
    }

    private var encryption: ProbeFinding {
        if settings.tls != nil { return good(.encryption, "the connection is encrypted") }
        if settings.address.isLoopback {
            return good(.encryption, "nothing leaves this machine")
        }
        let what = settings.password == nil ? "messages" : "messages and the password"
        return finding(
            .encryption,
            .warning,
            "\(what) travel unencrypted to \(settings.address); set up TLS"
        )
    }

    private func otherVersion() throws(MQTTError) -> ProbeFinding {
        var other = self
        other.settings.version = settings.version == .v5 ? .v311 : .v5
        do {
            try other.open("v", cleanSession: true).close()
            return good(.protocolVersion, "the broker speaks MQTT 3.1.1 and 5")
        } catch {
            return finding(
                .protocolVersion,
                .notice,
                "the broker speaks MQTT \(settings.version), "
                    + "not \(other.settings.version): \(error)"
            )
        }
    }

    private func software(_ connection: ProbeConnection) throws(MQTTError) -> ProbeFinding {
        _ = try connection.subscribe([TopicFilter("$SYS/broker/version", quality: .atMostOnce)])
        try connection.collect(atMost: 1, quiet: Self.quiet)
        guard connection.messageCount > 0 else {
            return finding(.software, .notice, "the broker does not tell its version")
        }
        let version = String(decoding: connection.lastPayload, as: UTF8.self)
        guard version.hasPrefix("mosquitto version 1.") || version.hasPrefix("mosquitto version 2.")
        else { return finding(.software, .notice, version) }
        return finding(
            .software,
            .warning,
            "\(version) keeps 1,000 messages for a client that is away and saves its state every "
                + "30 minutes unless told otherwise; check max_queued_messages, "
                + "autosave_interval and persistence in mosquitto.conf"
        )
    }

    private func subscriptions(_ connection: ProbeConnection) throws(MQTTError) -> [ProbeFinding] {
        let answers = try connection.subscribe(settings.topics)
        let faults = answers.compactMap { subscription -> ProbeFinding? in
            let filter = subscription.filter
            guard let granted = subscription.granted else {
                return finding(
                    .subscriptions,
                    .fault,
                    "the broker refuses \"\(filter)\"; check its acl_file"
                )
            }
            guard granted < filter.quality else { return nil }
            return finding(
                .subscriptions,
                .warning,
                "the broker grants \"\(filter)\" at QoS \(granted.rawValue) only; "
                    + "messages can be lost"
            )
        }
        guard faults.isEmpty, !answers.isEmpty else { return faults }
        return [good(.subscriptions, "the broker grants \(answers.count) subscriptions")]
    }

    private func session() throws(MQTTError) -> [ProbeFinding] {
        let topic = "langso/probe/\(mark)"
        let first = try open("s", cleanSession: false)
        let granted = try first.subscribe([TopicFilter(topic)])
        try first.close()
        let isMeasured = measuresQueue && granted.first?.granted == .atLeastOnce
        var acknowledged = 0
        if isMeasured {
            let publisher = try open("p", cleanSession: true)
            acknowledged = try publisher.publish(count: Self.queueProbeCount, topic: topic)
            try publisher.close()
        }
        let second = try open("s", cleanSession: false)
        if isMeasured { try second.collect(atMost: acknowledged, quiet: Self.quiet) }
        let (wasPresent, count) = (second.sessionWasPresent, second.messageCount)
        try second.close()
        // A clean session under the same id throws the kept one away.
        try open("s", cleanSession: true).close()
        guard wasPresent else {
            let message =
                "the broker kept no session while its client was away; what is "
                + "published then is lost"
            return [finding(.session, .fault, message)]
        }
        let kept = good(.session, "the broker keeps a session while its client is away")
        guard measuresQueue else { return [kept] }
        return [kept, queue(kept: count, acknowledged: acknowledged)]
    }

    private func queue(kept: Int, acknowledged: Int) -> ProbeFinding {
        if acknowledged == 0 || kept == 0 {
            return finding(
                .queue,
                .notice,
                "cannot try how many messages the broker keeps: it lets this user not publish "
                    + "and read langso/probe/#"
            )
        }
        if kept < acknowledged {
            return finding(
                .queue,
                .warning,
                "the broker kept \(kept) of \(acknowledged) messages that it had acknowledged; "
                    + "set max_queued_messages 0 and max_queued_bytes in mosquitto.conf"
            )
        }
        return good(.queue, "the broker kept \(kept) of \(acknowledged) messages")
    }

    private func good(_ check: ProbeCheck, _ message: String) -> ProbeFinding {
        finding(check, .good, message)
    }

    private func finding(
        _ check: ProbeCheck,
        _ severity: ProbeFinding.Severity,
        _ message: String
    ) -> ProbeFinding {
        ProbeFinding(check: check, severity: severity, message: message)
    }
}
