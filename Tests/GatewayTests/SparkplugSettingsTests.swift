import ConfigurationText
import Decoding
@testable import Gateway
import Telemetry
import Testing

/// What an operator can say of Sparkplug nodes, and when they are held for unknown.
@Suite struct SparkplugSettingsTests {
    @Test func `series end when nothing is heard, and births are asked when it is again`() {
        var link = SparkplugLink()
        #expect(link.note(isHearing: false, connections: 0) == .init())
        #expect(link.note(isHearing: false, connections: 1) == .init(isMade: true))
        #expect(link.note(isHearing: true, connections: 1) == .init(isMade: true))
        #expect(link.note(isHearing: true, connections: 1) == .init())
        #expect(link.note(isHearing: false, connections: 1) == .init(isLost: true))
        #expect(link.note(isHearing: false, connections: 2) == .init(isMade: true))
        #expect(link.note(isHearing: true, connections: 2) == .init(isMade: true))
    }

    private static let least = """
        name: Bình Liêu
        data: /var/lib/langso
        broker: {host: 127.0.0.1}
        subscriptions:
          - {topic: spBv1.0/#, family: sparkplug}
        sparkplug:

        """

    @Test func `what Sparkplug nodes owe is waited for as long as the settings say`() throws {
        let text = Self.least
        func settings(_ more: String) throws -> GatewaySettings {
            try GatewaySettings.parse(text: text + more, file: "/l.yaml", environment: [:])
        }
        let own = try settings("  {host_id: x, reorder_window: 5s, rebirth_pause: 10m}")
        #expect(own.sparkplugHostID == "x")
        #expect(own.sparkplug.reorderWindow == .seconds(5))
        #expect(own.sparkplug.rebirthPause == .minutes(10))
        let quiet = try settings("  {reorder_window: 500ms}")
        #expect(quiet.sparkplugHostID == nil && quiet.sparkplug.reorderWindow == Milliseconds(500))
        for (more, fault) in [
            ("  {reorder_window: 2m}", "expected 60.0 s at most"),
            ("  {rebirth_pause: 2h}", "expected 3600.0 s at most"),
            ("  {host_id: a/b}", "expected a name without '+', '/' and '#'"),
        ] {
            let found = #expect(throws: ConfigurationFaults.self) { try settings(more) }
            #expect(found?.faults.first?.description.contains(fault) == true, "\(found as Any)")
        }
    }
}
