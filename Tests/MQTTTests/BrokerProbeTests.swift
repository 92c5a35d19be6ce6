import MQTT
import TestKit
import Testing

@Suite(.serialized, .enabled(if: BrokerProcess.program != nil))
struct BrokerProbeTests {
    @Test func `mosquitto's own limit of a thousand messages is found`() throws {
        let broker = try BrokerProcess { port, _ in
            "listener \(port) 127.0.0.1\nallow_anonymous true\n"
        }
        let findings = BrokerProbe(SessionUnderTest.settings(port: broker.port)).run()
        let queue = try #require(findings.first { $0.check == .queue })
        #expect(queue.severity == .warning)
        #expect(queue.message.contains("kept 1000 of 1200"))
        #expect(queue.message.contains("max_queued_messages 0"))
        let software = try #require(findings.first { $0.check == .software })
        #expect(software.severity == .warning)
        #expect(software.message.contains("mosquitto version 2."))
        #expect(software.message.contains("autosave_interval"))
    }

    @Test(arguments: ProtocolVersion.allCases)
    func `the recommended configuration keeps everything`(version: ProtocolVersion) throws {
        let broker = try BrokerProcess { port, folder in
            MosquittoConfiguration.recommended(port: port, dataFolder: folder)
        }
        let settings = SessionUnderTest.settings(port: broker.port, version: version)
        let findings = BrokerProbe(settings).run()
        #expect(Set(findings.map(\.check)) == Set(ProbeCheck.allCases))
        let bad = findings.filter { $0.severity > .notice && $0.check != .software }
        #expect(bad.isEmpty)
        #expect(findings.contains { $0.message == "the broker kept 1200 of 1200 messages" })
    }

    @Test func `a probe does not disturb the gateway's session`() throws {
        let broker = try BrokerProcess()
        let settings = SessionUnderTest.settings(port: broker.port)
        let test = try SessionUnderTest(settings)
        #expect(test.isConnected())
        _ = BrokerProbe(settings, measuresQueue: false).run()
        #expect(test.status.isConnected)
        #expect(test.status.counters.connections == 1)
        #expect(test.sink.received.isEmpty)
    }

    @Test func `a broker that is not there is one fault`() throws {
        let settings = SessionUnderTest.settings(port: try BrokerProcess.freePort())
        let findings = BrokerProbe(settings).run()
        #expect(findings.map(\.severity) == [.fault])
        #expect(findings.first?.message.contains("Connection refused") == true)
    }

    @Test func `something that is no broker is one fault`() throws {
        let broker = try BrokerStandIn()
        var settings = SessionUnderTest.settings(port: broker.port)
        settings.answerTimeout = .milliseconds(100)
        let findings = BrokerProbe(settings).run()
        #expect(findings.map(\.severity) == [.fault])
        #expect(findings.first?.message.contains("speaks MQTT") == true)
    }

    @Test func `findings print as one line`() {
        let finding = ProbeFinding(check: .queue, severity: .warning, message: "a limit")
        #expect(finding.description == "warning queue: a limit")
        #expect(ProbeFinding.Severity.fault > .warning)
    }
}
