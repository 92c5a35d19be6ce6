internal import CMosquitto

extension BrokerSettings {
    /// Checks what can be checked without a broker.
    ///
    /// - Throws: ``MQTTError/badSetting(name:value:reason:)`` for the first that cannot be right.
    public func validate() throws(MQTTError) {
        try require(!address.host.isEmpty, "host", address.host, "it is empty")
        let port = address.port
        try require((1...65_535).contains(port), "port", "\(port)", "not 1 to 65535")
        try require(
            !clientID.isEmpty && clientID.utf8.count <= Self.maximumClientIDBytes,
            "client id",
            clientID,
            "it must have 1 to \(Self.maximumClientIDBytes) bytes"
        )
        try require(
            (5...65_535).contains(keepAliveSeconds),
            "keep-alive",
            "\(keepAliveSeconds) s",
            "not 5 to 65535 seconds"
        )
        try require(password == nil || user != nil, "password", "(not shown)", "it needs a user")
        try require(
            (1...65_535).contains(receiveMaximum),
            "receive maximum",
            "\(receiveMaximum)",
            "not 1 to 65535"
        )
        try require(
            (1...BatchLimits.largestMessageCount).contains(batch.messageCount),
            "batch",
            "\(batch.messageCount) messages",
            "not 1 to \(BatchLimits.largestMessageCount)"
        )
        try require(
            (0...Self.largestPayloadBytes).contains(maximumPayloadBytes),
            "payload limit",
            "\(maximumPayloadBytes) bytes",
            "not 0 to \(Self.largestPayloadBytes)"
        )
        try validateTexts()
        try validateTLS()
        try validateTopics()
    }

    /// Longest client id: brokers must take 23 bytes and most take more, few take this much.
    public static let maximumClientIDBytes = 256

    /// The largest payload that a packet of the protocol can carry.
    ///
    /// - Source: OASIS MQTT 3.1.1, section 2.2.3.
    public static let largestPayloadBytes = 268_435_455

    private func validateTexts() throws(MQTTError) {
        // The library takes texts as C does: they end at the first zero byte.
        for (name, text) in [("host", address.host), ("client id", clientID), ("user", user ?? "")]
        where text.utf8.contains(0) {
            throw .badSetting(name: name, value: text, reason: "it holds a zero byte")
        }
        try require(
            password?.text.utf8.contains(0) != true,
            "password",
            "(not shown)",
            "it holds a zero byte"
        )
    }

    private func validateTLS() throws(MQTTError) {
        guard let tls else { return }
        try require(
            (tls.certificateFile == nil) == (tls.keyFile == nil),
            "client certificate",
            tls.certificateFile ?? tls.keyFile ?? "",
            "certificate and key must be given together"
        )
    }

    private func validateTopics() throws(MQTTError) {
        try require(
            topics.count <= Self.maximumTopics,
            "topics",
            "\(topics.count)",
            "at most \(Self.maximumTopics)"
        )
        var seen: Set<String> = []
        for topic in topics {
            let pattern = topic.pattern
            try require(seen.insert(pattern).inserted, "topic", pattern, "it is named twice")
            let code = unsafe mosquitto_sub_topic_check(pattern)
            let isWellFormed =
                !pattern.isEmpty && pattern.utf8.count <= 65_535 && !pattern.utf8.contains(0)
                && code == MOSQ_ERR_SUCCESS.code
            let rule = "+ must stand alone between slashes, # alone at the end"
            try require(isWellFormed, "topic", pattern, rule)
            try require(
                topic.quality <= .atLeastOnce,
                "topic",
                pattern,
                "QoS 2 is not supported; use 1"
            )
        }
    }

    private func require(
        _ condition: Bool,
        _ name: String,
        _ value: String,
        _ reason: String
    ) throws(MQTTError) {
        guard !condition else { return }
        throw .badSetting(name: name, value: value, reason: reason)
    }
}
