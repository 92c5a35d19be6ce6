internal import CMosquitto
internal import Glibc

/// The life of a publisher, on its own thread: connect, send and take answers, wait, and again.
final class PublisherLoop: LibraryClientDelegate {
    private let settings: BrokerSettings
    private let queue: PublisherQueue
    private let presence: Presence?
    private let listening: Listening?
    private let wake: WakeSignal
    private let now: @Sendable () -> ContinuousClock.Instant
    private var backoff: Backoff
    /// Taken from the queue and not yet sent on the connection of now.
    private var backlog: [OutgoingMessage] = []
    private var backlogStart = 0
    private var sent = SentMessages()
    private var greeting: Int32?
    private var acknowledgedCount = 0
    private var rejectedCount = 0
    private var expiredCount = 0
    private var rejection: Int?
    /// When the connection of now was begun; with a presence only.
    private var since: Int64 = 0
    private var isSubscribed = false
    private var mustSayPresence = false

    /// Identifiers have 16 bits: no message may stay unanswered while so many others come and go
    /// that its identifier is given again.
    private static let largestSpan = 60_000
    /// Messages queued in the library before a write, so that it does not hold a whole backlog.
    private static let burst = 256
    private static let housekeepingInterval: Duration = .seconds(1)

    init(
        settings: BrokerSettings,
        queue: PublisherQueue,
        presence: Presence?,
        listening: Listening?,
        wake: WakeSignal,
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        random: @escaping @Sendable () -> Double
    ) {
        self.settings = settings
        self.queue = queue
        self.presence = presence
        self.listening = listening
        self.wake = wake
        self.now = now
        backoff = Backoff(settings.reconnection, random: random)
    }

    /// Runs until the queue is closed; what is unacknowledged then was given up by its owner.
    func run() {
        while !queue.isClosed {
            do throws(MQTTError) {
                guard let client = try connect() else { break }
                defer { client.close() }
                try serve(client)
            } catch {
                pause(error)
            }
        }
        queue.update { $0.state = .stopped }
    }

    private func connect() throws(MQTTError) -> LibraryClient? {
        queue.update { $0.state = .connecting }
        since = presence?.clock() ?? 0
        let attempt = try ConnectionAttempt(
            settings,
            clientID: settings.clientID,
            cleanSession: true,
            will: presence?.will(since: since)
        )
        while !queue.isClosed {
            _ = Readiness.wait(
                socket: attempt.finished.descriptor,
                events: Int16(POLLIN),
                wake: wake,
                for: Self.housekeepingInterval
            )
            wake.clear()
            if let result = attempt.take() { return try result.get() }
        }
        return nil
    }

    private func pause(_ error: MQTTError) {
        flushAnswers()
        let again = sent.takeAll()
        if backlogStart > 0 { backlog.removeFirst(backlogStart) }
        backlogStart = 0
        backlog.insert(contentsOf: again, at: 0)
        let pause = error.needsAttention ? backoff.nextAfterRefusal() : backoff.next()
        queue.update {
            $0.state = .waiting
            $0.lastError = error
            $0.resent += UInt64(again.count)
        }
        let end = ContinuousClock.now + pause
        while !queue.isClosed, ContinuousClock.now < end {
            _ = Readiness.wait(
                socket: -1,
                events: 0,
                wake: wake,
                for: ContinuousClock.now.duration(to: end)
            )
            wake.clear()
        }
    }

    private func serve(_ client: LibraryClient) throws(MQTTError) {
        greeting = nil
        client.delegate = self
        try greet(client)
        try begin(client)
        backoff.reset()
        queue.update {
            $0.state = .connected
            $0.connections += 1
        }
        while !queue.isClosed {
            var maySleep = sent.span >= Self.largestSpan
            if backlogStart == backlog.count {
                backlog.removeAll(keepingCapacity: true)
                backlogStart = 0
                if queue.movePending(to: &backlog) { maySleep = true }
            }
            if mustSayPresence { try say(isPresent: true, client) }
            try send(client)
            try client.keepAlive()
            try exchange(client, for: maySleep ? Self.housekeepingInterval : .zero)
        }
        flushAnswers()
        // A will is not published at an end in good order.
        try say(isPresent: false, client)
        try client.disconnect()
        try client.write(isCorked: false)
    }

    /// Subscribes to what is listened to and the presence's topic, and then says that the client is
    /// there.
    private func begin(_ client: LibraryClient) throws(MQTTError) {
        let topics = (presence.map { [$0.topic] } ?? []) + (listening?.topics ?? [])
        guard !topics.isEmpty else { return }
        isSubscribed = false
        _ = try client.subscribe(topics, quality: .atLeastOnce)
        let end = ContinuousClock.now + settings.answerTimeout
        while !isSubscribed, !queue.isClosed {
            try exchange(client, for: .milliseconds(200))
            guard ContinuousClock.now < end else {
                throw .timedOut(
                    settings.address,
                    waitingFor: "answer to the subscription of \(topics.joined(separator: ", "))",
                    after: settings.answerTimeout
                )
            }
        }
        try say(isPresent: true, client)
    }

    /// Queues the presence's message; nothing waits for its acknowledgement, as each connection
    /// says it anew.
    private func say(isPresent: Bool, _ client: LibraryClient) throws(MQTTError) {
        guard let presence else { return }
        mustSayPresence = false
        _ = try client.publish(
            topic: presence.topic,
            payload: presence.payload(isPresent, since),
            quality: .atLeastOnce,
            retain: true
        )
        if client.wantsWrite { try client.write() }
    }

    private func greet(_ client: LibraryClient) throws(MQTTError) {
        let end = ContinuousClock.now + settings.answerTimeout
        while greeting == nil, !queue.isClosed {
            do {
                try exchange(client, for: .milliseconds(200))
            } catch {
                if let greeting, greeting != 0 { break }
                throw error
            }
            guard ContinuousClock.now < end else {
                throw .timedOut(
                    settings.address,
                    waitingFor: "answer to the connection",
                    after: settings.answerTimeout
                )
            }
        }
        if let greeting, greeting != 0 {
            throw .refused(settings.address, BrokerRefusal(code: greeting))
        }
    }

    private func send(_ client: LibraryClient) throws(MQTTError) {
        var count = 0
        while count < Self.burst, backlogStart < backlog.count, sent.span < Self.largestSpan {
            let message = backlog[backlogStart]
            let left = message.expiresAt.map { now().duration(to: $0) }
            if let left, left <= .zero {
                backlogStart += 1
                expiredCount += 1
                message.onEnd?(.expired(mayHaveArrived: message.wasSent))
                continue
            }
            let identifier = try client.publish(
                topic: message.topic,
                payload: message.payload,
                quality: message.quality,
                retain: message.isRetained,
                // MQTT 3.1.1 has no word for it.
                lifetime: settings.version == .v5 ? left : nil
            )
            sent.append(message, identifier: identifier)
            backlogStart += 1
            count += 1
        }
        flushAnswers()
        if client.wantsWrite { try client.write() }
    }

    /// Waits for the socket, then writes what is left and reads what has come.
    private func exchange(_ client: LibraryClient, for duration: Duration) throws(MQTTError) {
        var events = POLLIN
        if client.wantsWrite { events |= POLLOUT }
        let ready = Readiness.wait(
            socket: client.socket,
            events: Int16(events),
            wake: wake,
            for: duration
        )
        if ready.isWoken { wake.clear() }
        if client.wantsWrite { try client.write() }
        guard ready.isReadable || ready.isQuiet else { return }
        var before = -1
        while acknowledgedCount + rejectedCount != before {
            before = acknowledgedCount + rejectedCount
            try client.read()
        }
        flushAnswers()
        if ready.isHungUp {
            throw .connectionLost(settings.address, reason: "the broker closed the connection")
        }
    }

    private func flushAnswers() {
        guard acknowledgedCount + rejectedCount + expiredCount > 0 else { return }
        queue.answered(
            acknowledged: acknowledgedCount,
            rejected: rejectedCount,
            expired: expiredCount,
            rejection: rejection
        )
        acknowledgedCount = 0
        rejectedCount = 0
        expiredCount = 0
    }

    func brokerAnswered(code: Int32, sessionWasPresent: Bool) { greeting = code }

    func subscriptionAnswered(identifier: Int32, codes: [Int32]) { isSubscribed = true }

    func received(topic: RawSpan, payload: RawSpan, delivery: Delivery) {
        let bytes = unsafe payload.withUnsafeBytes { unsafe Array($0) }
        let name = unsafe topic.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        if let presence, name == presence.topic {
            // The word of an earlier connection comes first; it is corrected in any case.
            if presence.isAbsence(bytes) { mustSayPresence = true }
        } else {
            listening?.onMessage(name, bytes)
        }
    }

    func acknowledged(identifier: Int32, code: Int32) {
        guard let message = sent.remove(identifier) else { return }
        if code >= Int32(MQTT_RC_UNSPECIFIED.rawValue) {
            rejectedCount += 1
            rejection = Int(code)
            message.onEnd?(.rejected(code: Int(code)))
        } else {
            acknowledgedCount += 1
            message.onEnd?(.acknowledged)
        }
    }
}
