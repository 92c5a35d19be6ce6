internal import Synchronization

/// A persistent session with a broker, on a thread of its own: messages go into a sink, and are
/// acknowledged when the sink has made them durable.
///
/// The broker keeps the session under a fixed client id and delivers again what was never
/// acknowledged, so a message at QoS 1 is lost neither when this process is killed nor when the
/// broker is away; it may come twice. A broker that is down at the start, restarts or refuses the
/// password is tried again with growing pauses.
///
/// ```swift
/// let settings = BrokerSettings(host: "127.0.0.1", port: 1883, clientID: "langso",
///                               topics: [TopicFilter("village/#")])
/// let session = try BrokerSession(settings, sink: sink)
/// try session.start()
/// ```
/// All methods may be called from any thread. The cost of a message is some 3 µs, nearly all of it
/// the library's reading.
public final class BrokerSession: Sendable {
    /// What the session was made with.
    public let settings: BrokerSettings
    private let control: SessionControl
    private let report: SessionReport
    private let sink: any MessageSink
    private let previousTopics: [TopicFilter]
    private let random: @Sendable () -> Double
    private let thread = Mutex<Life>(.created)

    private enum Life {
        case created
        case running(WorkThread)
        case stopped
    }

    /// Creates a session that is not yet connected.
    ///
    /// - Parameters:
    ///   - settings: where to connect to and what to subscribe to.
    ///   - sink: takes messages on the session's thread.
    ///   - previousTopics: what the last ``ConnectionEvent/topicsChanged(_:)`` said; subscriptions
    ///     among them that the settings no longer name are ended.
    ///   - random: numbers from 0 up to, not including, 1, for the jitter of pauses.
    ///   - observer: called on the session's thread with what a log should say; it must not wait
    ///     long, and must not call ``stop(within:)``.
    /// - Throws: ``MQTTError/badSetting(name:value:reason:)``, or
    ///   ``MQTTError/outOfResources(what:reason:)``.
    public init(
        _ settings: BrokerSettings,
        sink: any MessageSink,
        previousTopics: [TopicFilter] = [],
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        observer: @escaping @Sendable (ConnectionEvent) -> Void = { _ in }
    ) throws(MQTTError) {
        try settings.validate()
        self.settings = settings
        self.sink = sink
        self.previousTopics = previousTopics
        self.random = random
        control = try SessionControl()
        report = SessionReport(observer: observer)
    }

    deinit { control.requestStop() }

    /// How the session is doing now.
    public var status: ConnectionStatus { report.status }

    /// Starts the session's thread, and returns before a connection is made.
    ///
    /// Only the first call does anything.
    /// - Throws: ``MQTTError/unsafeAcknowledgements(libraryVersion:reason:)`` when the installed
    ///   library would acknowledge messages too early, or
    ///   ``MQTTError/outOfResources(what:reason:)``.
    public func start() throws(MQTTError) {
        try AcknowledgementOrder.verify()
        try thread.withLock { life throws(MQTTError) in
            guard case .created = life else { return }
            // The thread must not keep the session alive, or it would never be let go.
            let (settings, sink, topics) = (settings, sink, previousTopics)
            let (control, report, random) = (control, report, random)
            let thread = try WorkThread {
                SessionLoop(
                    settings: settings,
                    sink: sink,
                    previousTopics: topics,
                    control: control,
                    report: report,
                    random: random
                ).run()
            }
            life = .running(thread)
        }
    }

    /// Has ``MessageSink/wokenUp()`` called on the session's thread, and a commit after it, soon
    /// and at least once after this call.
    public func wake() { control.requestWork() }

    /// Stops reading, commits, lets the acknowledgements go, says goodbye to the broker.
    ///
    /// The broker keeps the session and what comes from now on. Must not be called on the session's
    /// thread.
    /// - Parameter duration: longest wait.
    /// - Returns: whether the session had ended in that time. If not, it goes on ending: the disk
    ///   or the broker is slow; nothing unacknowledged is lost.
    public func stop(within duration: Duration = .seconds(10)) -> Bool {
        control.requestStop()
        let running: WorkThread? = thread.withLock { life in
            guard case .running(let thread) = life else {
                life = .stopped
                return nil
            }
            return thread
        }
        return running?.join(within: duration) ?? true
    }
}
