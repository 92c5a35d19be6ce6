import MQTT
import Testing

struct BrokerSettingsTests {
    private let good = BrokerSettings(
        host: "broker.example",
        port: 8_883,
        clientID: "langso",
        user: "langso",
        password: Secret("rất bí mật"),
        topics: [TopicFilter("village/+/up"), TopicFilter("$share/g/x/#")]
    )

    @Test func `settings that can work are accepted`() throws {
        try good.validate()
    }

    @Test(arguments: [
        "a/#/b", "a+/b", "a/b#", "", "a/\0", "same", "two",
    ])
    func `a topic filter that is not well formed is named`(pattern: String) {
        var settings = good
        settings.topics =
            pattern == "same" ? [TopicFilter("same"), TopicFilter("same")] : [TopicFilter(pattern)]
        if pattern == "two" { settings.topics[0].quality = .exactlyOnce }
        let error = #expect(throws: MQTTError.self) { try settings.validate() }
        guard case .badSetting(name: "topic", value: pattern, _) = error else {
            Issue.record("expected the topic to be named, got \(String(describing: error))")
            return
        }
    }

    @Test func `each setting has its limits`() {
        let changes: [(String, (inout BrokerSettings) -> Void)] = [
            ("host", { $0.address.host = "" }),
            ("port", { $0.address.port = 0 }),
            ("port", { $0.address.port = 65_536 }),
            ("client id", { $0.clientID = "" }),
            ("client id", { $0.clientID = String(repeating: "x", count: 257) }),
            ("keep-alive", { $0.keepAliveSeconds = 4 }),
            ("password", { $0.user = nil }),
            ("user", { $0.user = "a\0b" }),
            ("password", { $0.password = Secret("a\0b") }),
            ("receive maximum", { $0.receiveMaximum = 0 }),
            ("batch", { $0.batch.messageCount = 65_536 }),
            ("payload limit", { $0.maximumPayloadBytes = -1 }),
            ("client certificate", { $0.tls = TLSSettings(certificateFile: "x") }),
            ("topics", { $0.topics = (0..<1_001).map { TopicFilter("\($0)") } }),
        ]
        for (name, change) in changes {
            var settings = good
            change(&settings)
            let error = #expect(throws: MQTTError.self) { try settings.validate() }
            guard case .badSetting(name: name, _, _) = error else {
                Issue.record("expected \(name) to be named, got \(String(describing: error))")
                continue
            }
        }
    }

    @Test func `a password is printed by nothing`() {
        var text = "\(good) \(String(reflecting: good))"
        dump(good, to: &text)
        var bad = good
        bad.user = nil
        do { try bad.validate() } catch { text += "\(error)" }
        #expect(!text.contains("bí mật"))
        #expect(text.contains("(not shown)"))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("localhost", true), ("::1", true), ("10.0.0.1", false),
        ("broker.example", false),
    ])
    func `an address knows whether it stays on this machine`(host: String, isLoopback: Bool) {
        #expect(BrokerAddress(host: host, port: 1_883).isLoopback == isLoopback)
    }

    @Test func `addresses print as they are written elsewhere`() {
        #expect(BrokerAddress(host: "a.b", port: 1).description == "a.b:1")
        #expect(BrokerAddress(host: "::1", port: 1_883).description == "[::1]:1883")
    }
}
