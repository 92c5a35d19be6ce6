internal import CMosquitto
internal import Glibc

extension SessionLoop {
    /// Serves a connection until the session is stopped (nil) or the connection ends.
    func serve(_ client: LibraryClient) -> MQTTError? {
        stage = .greeting
        greeting = nil
        goodbye = nil
        answers = [:]
        endedAnswers = []
        client.delegate = self
        do {
            try turns(client)
            try farewell(client)
            return nil
        } catch {
            return control.isStopping ? nil : explain(error)
        }
    }

    private func turns(_ client: LibraryClient) throws(MQTTError) {
        var answerDue = ContinuousClock.now + settings.answerTimeout
        var mayHoldMore = false
        var seenCount = gate.seenCount
        while !control.isStopping {
            let mayRead = gate.isOpen
            let mayWrite = !gate.isUncommitted
            // While it must not read, it still wants to know when the broker has gone.
            var events = mayRead ? Int16(POLLIN) : Readiness.otherSideClosed
            if mayWrite, client.wantsWrite { events |= Int16(POLLOUT) }
            let ready = Readiness.wait(
                socket: client.socket,
                events: events,
                wake: control.wake,
                for: mayHoldMore && mayRead ? .zero : patience(until: answerDue)
            )
            if ready.isWoken { serveWake() }
            // A turn without any event reads too: a packet may be left in a TLS record.
            if mayRead, ready.isReadable || mayHoldMore || ready.isQuiet {
                mayHoldMore = try readBatch(client)
            }
            if ready.isHungUp, !(mayRead && mayHoldMore) {
                throw .connectionLost(settings.address, reason: "the broker closed the connection")
            }
            gate.settle(now: .now)
            guard !gate.isUncommitted else { continue }
            try client.keepAlive()
            if client.wantsWrite { try client.write() }
            // What was kept for the session comes before the answers, and may be much.
            if try advance(client) || !gate.isOpen || gate.seenCount != seenCount {
                seenCount = gate.seenCount
                answerDue = .now + settings.answerTimeout
            }
            try checkAnswer(due: answerDue)
        }
    }

    /// Reads until nothing is waiting or the batch is full; returns whether more may be waiting.
    ///
    /// Whether something was waiting is told by the delegate having been called. `errno` does not
    /// tell: the library leaves EAGAIN of its inner socket pair in it after a read that delivered.
    private func readBatch(_ client: LibraryClient) throws(MQTTError) -> Bool {
        let end = ContinuousClock.now + settings.batch.duration
        var count = 0
        while true {
            let before = gate.seenCount
            try client.read()
            if gate.seenCount == before { return false }
            count += 1
            if gate.isFull || gate.isPaused { return true }
            // Reading the clock for each message would cost more than it is worth.
            if count.isMultiple(of: 32), ContinuousClock.now >= end { return true }
        }
    }

    /// Takes the next step of greeting and subscribing, if its answer has come.
    private func advance(_ client: LibraryClient) throws(MQTTError) -> Bool {
        switch stage {
        case .greeting:
            guard let greeting else { return false }
            guard greeting.code == 0 else {
                throw .refused(settings.address, BrokerRefusal(code: greeting.code))
            }
            try beginSubscribing(client, sessionWasPresent: greeting.sessionWasPresent)
            return true
        case .subscribing(let packets, let ended):
            guard packets.keys.allSatisfy({ answers[$0] != nil }),
                ended.isSubset(of: endedAnswers)
            else { return false }
            finishSubscribing(packets)
            return true
        case .open:
            return false
        }
    }

    private func beginSubscribing(
        _ client: LibraryClient,
        sessionWasPresent: Bool
    ) throws(MQTTError) {
        // Without its session the broker holds nothing, whatever it held before.
        let plan = SubscriptionPlan(
            known: sessionWasPresent ? known : [],
            wanted: settings.topics
        )
        report.update { $0.sessionWasPresent = sessionWasPresent }
        change(known: plan.during)
        var ended: Set<Int32> = []
        if !plan.ended.isEmpty { ended.insert(try client.unsubscribe(plan.ended)) }
        var packets: [Int32: [TopicFilter]] = [:]
        for filters in plan.packets {
            let quality = filters[0].quality
            let identifier = try client.subscribe(filters.map(\.pattern), quality: quality)
            packets[identifier] = filters
        }
        stage = .subscribing(packets, ended: ended)
    }

    private func finishSubscribing(_ packets: [Int32: [TopicFilter]]) {
        var granted: [TopicFilter: QualityOfService] = [:]
        for (identifier, filters) in packets {
            for (filter, code) in zip(filters, answers[identifier] ?? []) {
                granted[filter] = QualityOfService(rawValue: code)
            }
        }
        let subscriptions = settings.topics.map {
            Subscription(filter: $0, granted: granted[$0])
        }
        stage = .open
        change(known: settings.topics)
        report.update {
            $0.state = .connected
            $0.connectedSince = .now
            $0.counters.connections += 1
            $0.subscriptions = subscriptions
        }
        report.tell(.connected(sessionWasPresent: greeting?.sessionWasPresent ?? false))
        for subscription in subscriptions {
            guard let granted = subscription.granted else {
                report.tell(.subscriptionRefused(subscription.filter))
                continue
            }
            if granted < subscription.filter.quality {
                report.tell(.subscriptionWeakened(subscription.filter, granted: granted))
            }
        }
    }

    private func change(known topics: [TopicFilter]) {
        guard topics != known else { return }
        known = topics
        report.tell(.topicsChanged(topics))
    }

    /// How long to wait for the socket: until something is due by time.
    private func patience(until answerDue: ContinuousClock.Instant) -> Duration {
        let now = ContinuousClock.now
        let patience = waitingTime(now: now)
        if case .open = stage { return patience }
        return min(patience, now.duration(to: answerDue))
    }

    private func checkAnswer(due: ContinuousClock.Instant) throws(MQTTError) {
        let missing: String
        switch stage {
        case .greeting: missing = "answer to the connection"
        case .subscribing: missing = "answer to the subscriptions"
        case .open: return
        }
        guard ContinuousClock.now >= due else { return }
        throw .timedOut(settings.address, waitingFor: missing, after: settings.answerTimeout)
    }

    /// Lets the last acknowledgements go, and then says goodbye; only what is committed is
    /// acknowledged.
    private func farewell(_ client: LibraryClient) throws(MQTTError) {
        serveWake()
        gate.settle(now: .now)
        guard !gate.isUncommitted else { return }
        let end = ContinuousClock.now + Self.farewellTimeout
        try flush(client, until: end)
        try client.disconnect()
        try flush(client, until: end)
    }

    /// Writes until nothing is queued, or the library has closed the socket, or time is up.
    private func flush(
        _ client: LibraryClient,
        until end: ContinuousClock.Instant
    ) throws(MQTTError) {
        while client.socket >= 0, client.wantsWrite, ContinuousClock.now < end {
            // Not corked: the library closes the socket with its last word, and what is unread
            // then has the system throw away what is still held back.
            try client.write(isCorked: false)
            guard client.socket >= 0, client.wantsWrite else { return }
            _ = Readiness.wait(
                socket: client.socket,
                events: Int16(POLLOUT),
                wake: nil,
                for: ContinuousClock.now.duration(to: end)
            )
        }
    }

    /// Says what the library's codes leave out.
    private func explain(_ error: MQTTError) -> MQTTError {
        if let greeting, greeting.code != 0 {
            return .refused(settings.address, BrokerRefusal(code: greeting.code))
        }
        if let goodbye, goodbye == Int32(MQTT_RC_SESSION_TAKEN_OVER.rawValue) {
            let reason =
                "another client connected with the id \"\(settings.clientID)\"; "
                + "give each its own"
            return .connectionLost(settings.address, reason: reason)
        }
        guard case .greeting = stage, case .connectionLost(let address, let reason) = error else {
            return error
        }
        let hint = settings.tls == nil ? "expects TLS" : "expects TLS, or a client certificate"
        return .connectionLost(
            address,
            reason: "\(reason) before it answered; check whether its port \(hint)"
        )
    }
}

extension SessionLoop: LibraryClientDelegate {
    func brokerAnswered(code: Int32, sessionWasPresent: Bool) {
        greeting = (code, sessionWasPresent)
        if code == 0 { gate.connected(sessionWasPresent: sessionWasPresent) }
    }

    func subscriptionAnswered(identifier: Int32, codes: [Int32]) { answers[identifier] = codes }

    func unsubscriptionAnswered(identifier: Int32) { endedAnswers.insert(identifier) }

    func received(topic: RawSpan, payload: RawSpan, delivery: Delivery) {
        gate.take(topic: topic, payload: payload, delivery: delivery)
    }

    func brokerDisconnected(code: Int32) { goodbye = code }
}
