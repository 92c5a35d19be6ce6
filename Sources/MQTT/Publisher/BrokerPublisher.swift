internal import CMosquitto

/// Publishes to a broker, at QoS 1 unless told otherwise, on a thread of its own, with a window of
/// messages under way.
///
/// What was published is kept until the broker has acknowledged it and is sent again after a
/// connection broke; it may arrive twice. The client id must not be that of a ``BrokerSession``.
///
/// ```swift
/// let publisher = try BrokerPublisher(settings)
/// try publisher.publish(topic: "village/v01/bin/7", payload: Array("{}".utf8))
/// try publisher.flush(within: .seconds(10))
/// ```
/// All methods may be called from any thread. Those that wait must not be called from an actor or
/// a task: they hold their thread.
public final class BrokerPublisher: Sendable {
    /// What the publisher was made with.
    public let settings: BrokerSettings
    private let queue: PublisherQueue
    private let thread: WorkThread
    private let now: @Sendable () -> ContinuousClock.Instant

    /// The largest window: identifiers of the protocol have 16 bits.
    public static let largestWindow = 20_000

    /// Creates a publisher and starts its thread; returns before a connection is made.
    ///
    /// - Parameters:
    ///   - settings: where to connect to; topics are not used.
    ///   - window: most messages that are unacknowledged, 1 to ``largestWindow``. Measured with
    ///     mosquitto on one machine: 50 give 85,000 messages a second, 500 give 105,000, 5,000 no
    ///     more, as the library walks through all of them for each message.
    ///   - presence: what is said of the connection itself; nil says nothing.
    ///   - listening: topics that are listened to beside; nil for none.
    ///   - now: the time that messages end by.
    ///   - random: numbers from 0 up to, not including, 1, for the jitter of pauses.
    /// - Throws: ``MQTTError/badSetting(name:value:reason:)``, or
    ///   ``MQTTError/outOfResources(what:reason:)``.
    public init(
        _ settings: BrokerSettings,
        window: Int = 500,
        presence: Presence? = nil,
        listening: Listening? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) throws(MQTTError) {
        try settings.validate()
        guard (1...Self.largestWindow).contains(window) else {
            let reason = "not 1 to \(Self.largestWindow)"
            throw .badSetting(name: "window", value: "\(window)", reason: reason)
        }
        self.settings = settings
        self.now = now
        let wake = try WakeSignal()
        let queue = PublisherQueue(window: window, wake: wake)
        self.queue = queue
        thread = try WorkThread {
            PublisherLoop(
                settings: settings,
                queue: queue,
                presence: presence,
                listening: listening,
                wake: wake,
                now: now,
                random: random
            ).run()
        }
    }

    deinit { queue.close() }

    /// How the publisher is doing now.
    public var status: PublisherStatus { queue.status }

    /// Hands a message over; waits while the window is full.
    ///
    /// - Parameters:
    ///   - topic: without wildcards, 1 to 65,535 bytes of UTF-8.
    ///   - payload: at most ``BrokerSettings/maximumPayloadBytes``; empty clears a retained one.
    ///   - retain: whether the broker keeps it for those who subscribe later.
    ///   - quality: how it is delivered; at QoS 0 it counts as acknowledged when it was sent.
    ///   - duration: longest wait for room in the window; zero does not wait.
    ///   - lifetime: how long it may be sent, and, where MQTT 5 is spoken, how long the broker may
    ///     keep it for those who are away; nil for ever.
    ///   - onEnd: is told once, on the publisher's thread, what became of the message; not at all
    ///     when the publisher is stopped before that is known.
    /// - Throws: ``MQTTError/badTopic(_:reason:)``,
    ///   ``MQTTError/payloadTooLarge(topic:byteCount:limit:)``,
    ///   ``MQTTError/windowFull(unacknowledged:after:)`` or ``MQTTError/stopped``; the message was
    ///   not taken then.
    public func publish(
        topic: String,
        payload: [UInt8],
        retain: Bool = false,
        quality: QualityOfService = .atLeastOnce,
        within duration: Duration = .seconds(30),
        lifetime: Duration? = nil,
        onEnd: (@Sendable (MessageEnd) -> Void)? = nil
    ) throws(MQTTError) {
        guard !topic.isEmpty, topic.utf8.count <= 65_535, !topic.utf8.contains(0) else {
            throw .badTopic(topic, reason: "it must have 1 to 65535 bytes, none of them zero")
        }
        let code = unsafe mosquitto_pub_topic_check(topic)
        guard code == MOSQ_ERR_SUCCESS.code else {
            throw .badTopic(topic, reason: "it holds a wildcard")
        }
        guard payload.count <= settings.maximumPayloadBytes else {
            throw .payloadTooLarge(
                topic: topic,
                byteCount: payload.count,
                limit: settings.maximumPayloadBytes
            )
        }
        let message = OutgoingMessage(
            topic: topic,
            payload: payload,
            isRetained: retain,
            quality: quality,
            expiresAt: lifetime.map { now().advanced(by: $0) },
            onEnd: onEnd
        )
        try queue.append(message, within: duration)
    }

    /// Waits until everything published is acknowledged.
    ///
    /// - Throws: ``MQTTError/unacknowledged(count:after:reason:)`` when it is not in time; it is
    ///   still tried. ``MQTTError/stopped`` when the publisher was stopped meanwhile.
    public func flush(within duration: Duration = .seconds(30)) throws(MQTTError) {
        guard !queue.waitUntilEmpty(for: duration) else { return }
        guard !queue.isClosed else { throw .stopped }
        let status = queue.status
        throw .unacknowledged(
            count: Int(status.unacknowledged),
            after: duration,
            reason: status.lastError.map { "\($0)" } ?? "the broker is slow"
        )
    }

    /// Waits until the broker has accepted the connection.
    ///
    /// - Throws: why the first attempt failed if it needs somebody's attention, as a refused
    ///   password does; else the last error when time is up. It is still tried.
    public func waitUntilConnected(within duration: Duration = .seconds(15)) throws(MQTTError) {
        let status = queue.wait(for: duration) {
            $0.state == .connected || $0.state == .stopped
                || $0.state == .waiting && $0.lastError?.needsAttention == true
        }
        guard status.state != .connected else { return }
        if status.state == .stopped { throw .stopped }
        throw status.lastError
            ?? .timedOut(
                settings.address,
                waitingFor: "answer to the connection",
                after: duration
            )
    }

    /// Takes nothing more and has everybody who waits here go on; ``stop(within:)`` waits for the
    /// end.
    public func close() { queue.close() }

    /// Takes nothing more and says goodbye to the broker.
    ///
    /// What is unacknowledged is given up: call ``flush(within:)`` first.
    /// - Parameter duration: longest wait.
    /// - Returns: whether the connection had ended in that time.
    @discardableResult
    public func stop(within duration: Duration = .seconds(5)) -> Bool {
        queue.close()
        return thread.join(within: duration)
    }
}
