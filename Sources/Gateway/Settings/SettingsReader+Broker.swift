internal import ConfigurationText
internal import Decoding
internal import Foundation
internal import MQTT
internal import Telemetry

extension SettingsReader {
    mutating func broker(
        _ node: ConfigurationNode,
        topics: [MQTT.TopicFilter]
    ) -> BrokerSettings? {
        node.allowKeys(
            [
                "host", "port", "client_id", "version", "keep_alive", "user", "password_file",
                "password_environment", "tls",
            ],
            &faults
        )
        let tls = node["tls"].map { self.tls($0) }
        guard let host = node.required("host", &faults)?.text(&faults) else { return nil }
        let port = node["port"]?.integer(in: 1...65_535, &faults) ?? (tls == nil ? 1883 : 8883)
        var settings = BrokerSettings(
            host: host,
            port: port,
            clientID: node["client_id"]?.text(&faults) ?? "langso",
            tls: tls,
            user: node["user"]?.text(&faults),
            password: password(node),
            topics: topics
        )
        if let version = node["version"] {
            if let known = ProtocolVersion(rawValue: version.text(&faults) ?? "") {
                settings.version = known
            } else {
                faults.note(version, "unknown version, known are: \"3.1.1\", \"5\"")
            }
        }
        if let span = node["keep_alive"].flatMap({ span($0) }) {
            settings.keepAliveSeconds = Int(span.seconds)
        }
        // Records of the journal take no more; larger messages are refused and counted.
        settings.maximumPayloadBytes = DecodingLimits().payloadBytes
        return settings
    }

    private mutating func tls(_ node: ConfigurationNode) -> TLSSettings {
        node.allowKeys(["authority", "certificate", "key", "key_password_environment"], &faults)
        let variable = node["key_password_environment"]
        return TLSSettings(
            authorityFile: node["authority"].flatMap { path($0) },
            certificateFile: node["certificate"].flatMap { path($0) },
            keyFile: node["key"].flatMap { path($0) },
            keyPassword: variable.flatMap { secret(fromEnvironment: $0) }
        )
    }

    private mutating func password(_ node: ConfigurationNode) -> Secret? {
        if let variable = node["password_environment"] {
            if let file = node["password_file"] {
                faults.note(file, "give password_file or password_environment, not both")
            }
            return secret(fromEnvironment: variable)
        }
        guard let file = node["password_file"], let path = path(file) else { return nil }
        do {
            let text = try InputFile.text(path, limit: Self.passwordBytes)
            return Secret(text.trimmingCharacters(in: .newlines))
        } catch {
            faults.note(
                file,
                "the password: \(error)"
            )
            return nil
        }
    }

    private mutating func secret(fromEnvironment node: ConfigurationNode) -> Secret? {
        guard let name = node.text(&faults) else { return nil }
        guard let value = environment[name] else {
            faults.note(node, "the environment has no variable \(name)")
            return nil
        }
        return Secret(value)
    }

    // MARK: Subscriptions

    /// Most subscriptions of one gateway.
    static let maximumSubscriptions = 200
    static let passwordBytes = 64 << 10

    mutating func subscriptions(
        _ node: ConfigurationNode?
    ) -> (
        rules: [SubscriptionRule], topics: [MQTT.TopicFilter], nodes: [ConfigurationNode]
    ) {
        guard let node else { return ([], [], []) }
        let list = node.sequence(&faults)
        if list.isEmpty { faults.note(node, "at least one subscription is needed") }
        if list.count > Self.maximumSubscriptions {
            faults.note(node, "more than \(Self.maximumSubscriptions) subscriptions")
        }
        var rules: [SubscriptionRule] = []
        var topics: [MQTT.TopicFilter] = []
        var nodes: [ConfigurationNode] = []
        for item in list {
            guard let rule = subscription(item) else { continue }
            let quality = item["qos"]?.integer(in: 0...2, &faults) ?? 1
            rules.append(rule)
            nodes.append(item)
            topics.append(
                MQTT.TopicFilter(
                    rule.topicFilter.description,
                    quality: [.atMostOnce, .atLeastOnce, .exactlyOnce][quality]
                )
            )
        }
        return (rules, topics, nodes)
    }

    private mutating func subscription(_ node: ConfigurationNode) -> SubscriptionRule? {
        node.allowKeys(
            [
                "topic", "family", "profile", "address", "payload_encoding", "time_zone",
                "archive_time", "clock", "qos",
            ],
            &faults
        )
        guard let topic = node.required("topic", &faults),
            let family = node.required("family", &faults)
        else { return nil }
        let filter = topic.text(&faults).flatMap { Decoding.TopicFilter($0) }
        if filter == nil {
            faults.note(topic, "not a topic filter: + and # stand for whole levels")
        }
        let known = Family(rawValue: family.text(&faults) ?? "")
        if known == nil {
            let names = Family.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            faults.note(family, "unknown family, known are: \(names)")
        }
        guard let filter, let known else { return nil }
        var rule = SubscriptionRule(topicFilter: filter, family: known)
        rule.profile = node["profile"]?.text(&faults)
        if let address = node["address"] { rule.address = self.address(address) }
        if let encoding = node["payload_encoding"] {
            if let known = SubscriptionRule.PayloadEncoding(rawValue: encoding.scalarText ?? "") {
                rule.payloadEncoding = known
            } else {
                faults.note(encoding, "unknown encoding, known are: base64, hex")
            }
        }
        if let zone = node["time_zone"] {
            rule.timeZone = zone.text(&faults).flatMap { TimeZoneRule($0) }
            if rule.timeZone == nil {
                faults.note(
                    zone,
                    "expected +07:00, Z or a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3"
                )
            }
        }
        if let path = node["archive_time"] {
            rule.archiveTime = path.text(&faults).flatMap { JSONPath($0) }
            if rule.archiveTime == nil { faults.note(path, "not a path as rxInfo[0].time") }
        }
        if let clock = node["clock"] { rule.clock = self.clock(clock) }
        return rule
    }

    private mutating func address(_ node: ConfigurationNode) -> SubscriptionRule.AddressSource {
        guard let text = node.text(&faults) else { return .automatic }
        if let level = Int(text), (1...128).contains(level) { return .topicLevel(level) }
        if text == "automatic" { return .automatic }
        if let path = JSONPath(text) { return .path(path) }
        faults.note(node, "expected a level of the topic from 1, a path as device.id, or automatic")
        return .automatic
    }

    private mutating func clock(_ node: ConfigurationNode) -> ClockPolicy {
        node.allowKeys(["maximum_age", "maximum_lead"], &faults)
        var policy = ClockPolicy()
        if let age = node["maximum_age"].flatMap({ span($0) }) { policy.maximumAge = age }
        if let lead = node["maximum_lead"].flatMap({ span($0) }) { policy.maximumLead = lead }
        return policy
    }
}
