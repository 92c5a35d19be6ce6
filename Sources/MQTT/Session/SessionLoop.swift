internal import CMosquitto
internal import Glibc

/// The life of a session, on its own thread: hold, connect, serve, wait, and again.
///
/// One turn of serving is always in this order, and the order is what makes acknowledgements true:
///
/// 1. read: messages go into the sink, their acknowledgements into the library's queue;
/// 2. commit: the sink makes them durable;
/// 3. write: only when everything taken is committed, the queue goes to the broker.
///
/// Whatever else is queued (subscriptions, pings, the end) waits for the same moment. When a
/// commit fails nothing is read or written until one succeeds; if the broker loses patience
/// meanwhile, the acknowledgements are gone with the connection and it delivers again.
final class SessionLoop {
    let settings: BrokerSettings
    let report: SessionReport
    let gate: SinkGate
    let control: SessionControl
    var backoff: Backoff
    /// What the broker's session may hold subscriptions for.
    var known: [TopicFilter]
    /// Connections in a row that broke soon after they were made.
    private var shortConnections = 0
    /// How far the connection of now has come.
    var stage = Stage.greeting
    /// Codes of subscriptions by the identifier of their packet, as they come in.
    var answers: [Int32: [Int32]] = [:]
    var endedAnswers: Set<Int32> = []
    var greeting: (code: Int32, sessionWasPresent: Bool)?
    var goodbye: Int32?

    enum Stage {
        /// CONNECT is queued or sent, and unanswered.
        case greeting
        /// Subscriptions are unanswered: packets with their filters, and ended ones.
        case subscribing([Int32: [TopicFilter]], ended: Set<Int32>)
        /// Everything is answered.
        case open
    }

    /// So many connections in a row that break soon look like two clients with one id, of which a
    /// broker says nothing with MQTT 3.1.1, and mosquitto 2.0 neither with 5.
    static let suspiciousConnections = 3
    /// Library housekeeping is due this often: its clock counts whole seconds.
    static let housekeepingInterval: Duration = .seconds(1)
    /// How long the last acknowledgements and the goodbye may take when a session ends.
    static let farewellTimeout: Duration = .seconds(2)

    init(
        settings: BrokerSettings,
        sink: any MessageSink,
        previousTopics: [TopicFilter],
        control: SessionControl,
        report: SessionReport,
        random: @escaping @Sendable () -> Double
    ) {
        self.settings = settings
        self.report = report
        self.control = control
        known = previousTopics
        backoff = Backoff(settings.reconnection, random: random)
        gate = SinkGate(sink: sink, settings: settings, report: report, random: random)
    }

    /// Runs until the session is stopped; returns when the sink was called for the last time.
    func run() {
        while !control.isStopping {
            hold()
            if control.isStopping { break }
            guard let client = connect() else { continue }
            let started = ContinuousClock.now
            let error = serve(client)
            client.close()
            guard let error else { break }
            connectionEnded(error, lasted: started.duration(to: .now))
        }
        serveWake()
        gate.settle(now: .now)
        report.update { $0.state = .stopped }
        report.tell(.stopped)
    }

    /// Waits, not connected, until the sink is ready and has nothing uncommitted.
    private func hold() {
        gate.settle(now: .now)
        while !gate.isOpen, !control.isStopping {
            report.update { $0.state = .held }
            let now = ContinuousClock.now
            wait(until: gate.nextCheck(after: now) ?? now + Self.housekeepingInterval)
            gate.settle(now: .now)
        }
    }

    /// Waits until a time, or until the session is woken; serves a wake.
    private func wait(until end: ContinuousClock.Instant) {
        let ready = Readiness.wait(
            socket: -1,
            events: 0,
            wake: control.wake,
            for: ContinuousClock.now.duration(to: end)
        )
        if ready.isWoken { serveWake() }
    }

    func serveWake() {
        control.wake.clear()
        if control.takeWork() { gate.wokenUp() }
    }

    /// Tries once to connect; nil when that failed, after the pause that is due then.
    private func connect() -> LibraryClient? {
        report.update {
            $0.state = .connecting
            $0.counters.connectionAttempts += 1
        }
        do {
            let attempt = try ConnectionAttempt(
                settings,
                clientID: settings.clientID,
                cleanSession: false
            )
            while !control.isStopping {
                let ready = Readiness.wait(
                    socket: attempt.finished.descriptor,
                    events: Int16(POLLIN),
                    wake: control.wake,
                    for: waitingTime(now: .now)
                )
                if ready.isWoken { serveWake() }
                gate.settle(now: .now)
                if let result = attempt.take() { return try result.get() }
            }
            return nil
        } catch {
            pause(error)
            return nil
        }
    }

    private func connectionEnded(_ error: MQTTError, lasted: Duration) {
        // A connection that breaks at once, again and again, is no success: two clients that
        // share a name throw each other out in a circle.
        if lasted >= settings.reconnection.stable { backoff.reset() }
        guard case .open = stage else { return pause(error) }
        report.update { $0.counters.connectionsLost += 1 }
        shortConnections = lasted < settings.reconnection.stable ? shortConnections + 1 : 0
        guard shortConnections >= Self.suspiciousConnections,
            case .connectionLost(let address, let reason) = error
        else { return pause(error) }
        let hint =
            "\(reason), as \(shortConnections) times in a row soon after it was made; "
            + "another client may use the id \"\(settings.clientID)\""
        pause(.connectionLost(address, reason: hint))
    }

    private func pause(_ error: MQTTError) {
        let pause = error.needsAttention ? backoff.nextAfterRefusal() : backoff.next()
        report.update {
            $0.state = .waiting
            $0.connectedSince = nil
            $0.lastError = error
        }
        report.tell(.disconnected(error, retryAfter: pause))
        let end = ContinuousClock.now + pause
        while ContinuousClock.now < end, !control.isStopping {
            let check = gate.nextCheck(after: .now)
            wait(until: check.map { min($0, end) } ?? end)
            gate.settle(now: .now)
        }
    }

    /// How long a wait may last at most before something is due by time.
    func waitingTime(now: ContinuousClock.Instant) -> Duration {
        guard let check = gate.nextCheck(after: now) else { return Self.housekeepingInterval }
        return min(now.duration(to: check), Self.housekeepingInterval)
    }
}
