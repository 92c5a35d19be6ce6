import Alerting
import Foundation
import Telemetry
import Testing

struct NotificationTests {
    private static let rules = """
        groups:
          - name: g
            rules:
              - alert: Hot
                expr: heat > 10
                labels: {code: A1, severity: minor}
                annotations: {summary: "{{ $labels.device }}\\nis hot"}
        """

    private static func announcements() throws -> [Announcement] {
        var scenario = try Scenario(rules: rules)
        for (device, village) in [("a", "v1"), ("b", "v1"), ("c", "v2/+#")] {
            scenario.add("heat", ["device": device, "village": village], minutes: 0...5) {
                $0 >= 2 && ($0 < 4 || device != "b") ? 20 : 5
            }
        }
        scenario.run(0...5)
        return scenario.announcements
    }

    @Test func `alerts of one village are one notification`() throws {
        let grouping = NotificationGrouping(externalURL: "http://gateway:8420")
        let notifications = grouping.notifications(
            for: try Self.announcements(),
            receiver: "crew"
        )
        #expect(notifications.count == 2)
        let first = notifications[0]
        #expect(first.status == .firing)
        #expect(first.receiver == "crew")
        #expect(first.alerts.map(\.status) == [.firing, .firing, .resolved])
        #expect(first.groupLabels == ["alertname": "Hot", "code": "A1", "village": "v1"])
        #expect(first.groupKey == "{}:{alertname=\"Hot\", code=\"A1\", village=\"v1\"}")
        #expect(first.commonLabels["severity"] == "minor")
        #expect(first.commonLabels["device"] == nil)
        #expect(first.topic(prefix: "langso/alerts") == "langso/alerts/v1/A1")
        #expect(notifications[1].topic(prefix: "langso/alerts") == "langso/alerts/v2/A1")
        #expect(!first.logLine.contains("\n"))
        #expect(first.logLine.contains("#1 firing: a is hot"))
    }

    @Test func `the payload has the fields of Alertmanager's webhook`() throws {
        let notification = try #require(
            NotificationGrouping(externalURL: "http://gateway:8420").notifications(
                for: try Self.announcements(),
                receiver: "crew"
            ).first
        )
        let json = try notification.json()
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        )
        #expect(
            Set(object.keys) == [
                "version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels",
                "commonLabels", "commonAnnotations", "externalURL", "alerts",
            ]
        )
        #expect(object["version"] as? String == "4")
        let alerts = try #require(object["alerts"] as? [[String: Any]])
        #expect(
            Set(try #require(alerts.first).keys) == [
                "status", "labels", "annotations", "startsAt", "endsAt", "generatorURL",
                "fingerprint",
            ]
        )
        #expect(alerts[0]["startsAt"] as? String == "2026-03-09T17:02:00.000Z")
        #expect(alerts[0]["endsAt"] as? String == "0001-01-01T00:00:00Z")
        #expect(alerts[2]["endsAt"] as? String == "2026-03-09T17:04:00.000Z")
        #expect(
            alerts[0]["generatorURL"] as? String
                == "http://gateway:8420/graph?g0.expr=heat%20%3E%2010&g0.tab=1"
        )
        #expect((alerts[0]["annotations"] as? [String: String])?["number"] == "1")
        let again = try JSONDecoder().decode(Alerting.Notification.self, from: Data(json.utf8))
        #expect(again == notification)
    }

    /// FNV-1a of names and values, each followed by 0xFF.
    @Test func `the fingerprint is that of Prometheus`() throws {
        let text = Self.rules.replacing("labels: {code: A1, severity: minor}", with: "")
        var scenario = try Scenario(rules: text)
        scenario.add("heat", [:], 20, minutes: 0...1)
        scenario.run(0...1)
        let notification = try #require(
            NotificationGrouping().notifications(for: scenario.announcements, receiver: "r").first
        )
        let fingerprint = try #require(notification.alerts.first).fingerprint
        #expect(fingerprint.count == 16)
        var expected: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Array("alertname".utf8) + [255] + Array("Hot".utf8) + [255] {
            expected = (expected ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        #expect(UInt64(fingerprint, radix: 16) == expected)
    }

    @Test func `a notification is cut at its limit and says so`() throws {
        var grouping = NotificationGrouping(labelNames: ["alertname"])
        grouping.maximumAlerts = 2
        let notification = try #require(
            grouping.notifications(for: try Self.announcements(), receiver: "crew").first
        )
        #expect(notification.alerts.count == 2)
        #expect(notification.truncatedAlerts == 2)
        #expect(notification.status == .firing)
        #expect(notification.logLine.hasSuffix("and 2 more"))
    }
}
