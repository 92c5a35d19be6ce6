internal import Glibc

/// A connection that is used step by step: each step waits for its answers.
final class ProbeConnection: LibraryClientDelegate {
    private(set) var sessionWasPresent = false
    private(set) var messageCount = 0
    private(set) var lastPayload: [UInt8] = []
    private let client: LibraryClient
    private let settings: BrokerSettings
    private var greeting: Int32?
    private var grants: [Int32: [Int32]] = [:]
    private var acknowledgedCount = 0

    /// Connects, and waits for the broker's answer.
    init(_ settings: BrokerSettings, clientID: String, cleanSession: Bool) throws(MQTTError) {
        let attempt = try ConnectionAttempt(
            settings,
            clientID: clientID,
            cleanSession: cleanSession
        )
        guard attempt.finished.wait(for: settings.answerTimeout), let result = attempt.take() else {
            throw .unreachable(
                settings.address,
                reason: "no connection within \(settings.answerTimeout)"
            )
        }
        client = try result.get()
        self.settings = settings
        client.delegate = self
        do {
            try run { self.greeting != nil }
        } catch {
            // The library reports a refusal as an error after it has told the delegate.
            guard greeting.map({ $0 == 0 }) ?? true else { throw refusal ?? error }
            throw error
        }
        if let refusal { throw refusal }
        guard greeting != nil else {
            throw .timedOut(
                settings.address,
                waitingFor: "answer to the connection",
                after: settings.answerTimeout
            )
        }
    }

    private var refusal: MQTTError? {
        guard let greeting, greeting != 0 else { return nil }
        return .refused(settings.address, BrokerRefusal(code: greeting))
    }

    /// Subscribes; returns what is granted, nil where it is refused.
    func subscribe(_ filters: [TopicFilter]) throws(MQTTError) -> [Subscription] {
        var granted: [TopicFilter: QualityOfService] = [:]
        for packet in SubscriptionPlan(known: [], wanted: filters).packets {
            let identifier = try client.subscribe(
                packet.map(\.pattern),
                quality: packet[0].quality
            )
            try run { self.grants[identifier] != nil }
            for (filter, code) in zip(packet, grants[identifier] ?? []) {
                granted[filter] = QualityOfService(rawValue: code)
            }
        }
        return filters.map { Subscription(filter: $0, granted: granted[$0]) }
    }

    /// Publishes numbered messages at QoS 1; returns how many were acknowledged.
    func publish(count: Int, topic: String) throws(MQTTError) -> Int {
        acknowledgedCount = 0
        for number in 0..<count {
            _ = try client.publish(
                topic: topic,
                payload: Array("\(number)".utf8),
                quality: .atLeastOnce,
                retain: false
            )
        }
        try run { self.acknowledgedCount == count }
        return acknowledgedCount
    }

    /// Waits until so many messages have come, or none comes for a while.
    func collect(atMost count: Int, quiet: Duration) throws(MQTTError) {
        var before = -1
        while messageCount < count, messageCount != before {
            before = messageCount
            try run(for: quiet) { self.messageCount != before }
        }
    }

    /// Says goodbye.
    func close() throws(MQTTError) {
        try client.disconnect()
        try client.write(isCorked: false)
        client.close()
    }

    private func run(until isDone: () -> Bool) throws(MQTTError) {
        try run(for: settings.answerTimeout, until: isDone)
    }

    private func run(for duration: Duration, until isDone: () -> Bool) throws(MQTTError) {
        let end = ContinuousClock.now + duration
        while !isDone(), ContinuousClock.now < end {
            if client.wantsWrite { try client.write() }
            var events = POLLIN
            if client.wantsWrite { events |= POLLOUT }
            _ = Readiness.wait(
                socket: client.socket,
                events: Int16(events),
                wake: nil,
                for: ContinuousClock.now.duration(to: end)
            )
            try client.read()
            try client.keepAlive()
        }
        if client.wantsWrite { try client.write() }
    }

    func brokerAnswered(code: Int32, sessionWasPresent: Bool) {
        greeting = code
        self.sessionWasPresent = sessionWasPresent
    }

    func subscriptionAnswered(identifier: Int32, codes: [Int32]) { grants[identifier] = codes }

    func acknowledged(identifier: Int32, code: Int32) {
        if code < 128 { acknowledgedCount += 1 }
    }

    func received(topic: RawSpan, payload: RawSpan, delivery: Delivery) {
        messageCount += 1
        lastPayload = unsafe payload.withUnsafeBytes { unsafe Array($0) }
    }
}
