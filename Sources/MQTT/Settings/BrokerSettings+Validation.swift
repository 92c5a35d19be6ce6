internal import CMosquitto

extension BrokerSettings {
    /// A setting with limits.
    package enum Setting: Hashable, Sendable {
        case host, port, clientID, keepAlive, user, password, certificate
        case receiveMaximum, batch, payloadLimit, topicCount
        /// The pattern of one of ``BrokerSettings/topics``, by its index.
        case topic(Int)
        /// The quality of one of ``BrokerSettings/topics``, by its index.
        case quality(Int)
    }

    /// A setting that cannot be right.
    package struct Fault: Hashable, Sendable {
        /// Which one.
        package let setting: Setting
        /// What is wrong, as ``BrokerSettings/validate()`` throws it.
        package let error: MQTTError
    }

    /// Checks what can be checked without a broker.
    ///
    /// - Throws: ``MQTTError/badSetting(name:value:reason:)`` for the first that cannot be right.
    public func validate() throws(MQTTError) {
        if let fault = faults().first { throw fault.error }
    }

    /// Everything that can be seen without a broker to be wrong.
    package func faults() -> [Fault] {
        connectionFaults() + limitFaults() + textFaults() + certificateFaults() + topicFaults()
    }

    /// Longest client id: brokers must take 23 bytes and most take more, few take this much.
    public static let maximumClientIDBytes = 256

    /// The largest payload that a packet of the protocol can carry.
    ///
    /// - Source: OASIS MQTT 3.1.1, section 2.2.3.
    public static let largestPayloadBytes = 268_435_455

    private func connectionFaults() -> [Fault] {
        let port = address.port
        return [
            require(!address.host.isEmpty, .host, address.host, "it is empty"),
            require((1...65_535).contains(port), .port, "\(port)", "not 1 to 65535"),
            require(
                !clientID.isEmpty && clientID.utf8.count <= Self.maximumClientIDBytes,
                .clientID,
                clientID,
                "it must have 1 to \(Self.maximumClientIDBytes) bytes"
            ),
            require(
                (5...65_535).contains(keepAliveSeconds),
                .keepAlive,
                "\(keepAliveSeconds) s",
                "not 5 to 65535 seconds"
            ),
            require(password == nil || user != nil, .password, "(not shown)", "it needs a user"),
        ].compactMap(\.self)
    }

    private func limitFaults() -> [Fault] {
        [
            require(
                (1...65_535).contains(receiveMaximum),
                .receiveMaximum,
                "\(receiveMaximum)",
                "not 1 to 65535"
            ),
            require(
                (1...BatchLimits.largestMessageCount).contains(batch.messageCount),
                .batch,
                "\(batch.messageCount) messages",
                "not 1 to \(BatchLimits.largestMessageCount)"
            ),
            require(
                (0...Self.largestPayloadBytes).contains(maximumPayloadBytes),
                .payloadLimit,
                "\(maximumPayloadBytes) bytes",
                "not 0 to \(Self.largestPayloadBytes)"
            ),
        ].compactMap(\.self)
    }

    private func textFaults() -> [Fault] {
        // The library takes texts as C does: they end at the first zero byte.
        let reason = "it holds a zero byte"
        let texts: [(Setting, text: String, shown: String)] = [
            (.host, address.host, address.host), (.clientID, clientID, clientID),
            (.user, user ?? "", user ?? ""), (.password, password?.text ?? "", "(not shown)"),
        ]
        return texts.compactMap { require(!$0.text.utf8.contains(0), $0.0, $0.shown, reason) }
    }

    private func certificateFaults() -> [Fault] {
        let (certificate, key) = (tls?.certificateFile, tls?.keyFile)
        let fault = require(
            (certificate == nil) == (key == nil),
            .certificate,
            certificate ?? key ?? "",
            "certificate and key must be given together"
        )
        return fault.map { [$0] } ?? []
    }

    private func topicFaults() -> [Fault] {
        var faults: [Fault] = []
        func note(_ fault: Fault?) { if let fault { faults.append(fault) } }
        let limit = Self.maximumTopics
        note(require(topics.count <= limit, .topicCount, "\(topics.count)", "at most \(limit)"))
        var seen: Set<String> = []
        for (index, topic) in topics.enumerated() {
            let pattern = topic.pattern
            let isNew = seen.insert(pattern).inserted
            note(require(isNew, .topic(index), pattern, "it is named twice"))
            let code = unsafe mosquitto_sub_topic_check(pattern)
            let isWellFormed =
                !pattern.isEmpty && pattern.utf8.count <= 65_535 && !pattern.utf8.contains(0)
                && code == MOSQ_ERR_SUCCESS.code
            let rule = "+ must stand alone between slashes, # alone at the end"
            note(require(isWellFormed, .topic(index), pattern, rule))
            let isKnown = topic.quality <= .atLeastOnce
            note(require(isKnown, .quality(index), pattern, "QoS 2 is not supported; use 1"))
        }
        return faults
    }

    private func require(
        _ condition: Bool,
        _ setting: Setting,
        _ value: String,
        _ reason: String
    ) -> Fault? {
        guard !condition else { return nil }
        return Fault(
            setting: setting,
            error: .badSetting(name: setting.name, value: value, reason: reason)
        )
    }
}

extension BrokerSettings.Setting {
    /// What messages call it.
    fileprivate var name: String {
        switch self {
        case .host: "host"
        case .port: "port"
        case .clientID: "client id"
        case .keepAlive: "keep-alive"
        case .user: "user"
        case .password: "password"
        case .certificate: "client certificate"
        case .receiveMaximum: "receive maximum"
        case .batch: "batch"
        case .payloadLimit: "payload limit"
        case .topicCount: "topics"
        case .topic, .quality: "topic"
        }
    }
}
