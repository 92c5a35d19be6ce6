import MQTT
import TestKit
import Testing

struct MosquittoConfigurationTests {
    @Test func `the recommended text closes the broker's traps`() {
        let text = MosquittoConfiguration.recommended(port: 1_883, dataFolder: "/var/lib/x")
        let lines = text.split(separator: "\n").map(String.init)
        for line in [
            "listener 1883 127.0.0.1", "allow_anonymous true", "persistence true",
            "persistence_location /var/lib/x/", "autosave_interval 10", "max_queued_messages 0",
            "max_queued_bytes 268435456", "upgrade_outgoing_qos true",
        ] {
            #expect(lines.contains(line))
        }
    }

    @Test func `a password file shuts everybody else out`() {
        let text = MosquittoConfiguration.recommended(
            port: 1_883,
            dataFolder: "/var/lib/x",
            passwordFile: "/etc/passwords"
        )
        #expect(text.contains("allow_anonymous false\npassword_file /etc/passwords\n"))
    }

    @Test(.enabled(if: BrokerProcess.program != nil))
    func `what devices publish at QoS 0 is kept for a gateway that is away`() throws {
        let broker = try BrokerProcess { port, folder in
            MosquittoConfiguration.recommended(port: port, dataFolder: folder)
        }
        let settings = SessionUnderTest.settings(port: broker.port)
        let first = try SessionUnderTest(settings)
        #expect(first.isConnected())
        #expect(first.session.stop())
        let device = try #require(BrokerStandIn.connect(port: broker.port))
        // CONNECT of the client "d"; then PUBLISH at QoS 0 of "1" to "village/q", and DISCONNECT.
        device.send([0x10, 13, 0, 4] + Array("MQTT".utf8) + [4, 2, 0, 60, 0, 1, 0x64])
        #expect(device.receive()?.kind == 0x20)
        device.send([0x30, 12, 0, 9] + Array("village/q1".utf8) + [0xE0, 0])
        #expect(device.isClosed())
        let second = try SessionUnderTest(settings, previousTopics: settings.topics)
        #expect(second.hasCommitted(1))
        #expect(second.sink.committed.first?.delivery.quality == .atLeastOnce)
    }

    @Test(.enabled(if: BrokerProcess.program != nil))
    func `a state saved at each change survives a kill`() throws {
        let broker = try BrokerProcess { port, folder in
            var configuration = MosquittoConfiguration(port: port, dataFolder: folder)
            configuration.saving = .everyChange
            return configuration.text
        }
        let settings = SessionUnderTest.settings(port: broker.port)
        let first = try SessionUnderTest(settings)
        #expect(first.isConnected())
        #expect(first.session.stop())
        try SessionUnderTest.publisher(port: broker.port).publish(0..<20)
        // The file is written in the turn of the broker's loop after its acknowledgement.
        try SessionUnderTest.publisher(port: broker.port).publish(20..<21, topic: "nobody")
        broker.kill()
        try broker.start()
        let second = try SessionUnderTest(settings, previousTopics: settings.topics)
        #expect(second.hasCommitted(20))
        #expect(second.status.sessionWasPresent)
    }
}
