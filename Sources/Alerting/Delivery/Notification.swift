internal import Foundation
internal import Telemetry

/// What one receiver is told at once: alerts that belong together.
///
/// Encoded as JSON it is the payload of Alertmanager's webhook, version 4; the same document goes
/// to an MQTT topic.
///
/// - Source: Alertmanager, "Configuration", `webhook_config`; `template.Data`.
public struct Notification: Codable, Hashable, Sendable {
    /// Version of the payload: `4`.
    public let version: String
    /// Identity of the group, as Alertmanager writes it.
    public let groupKey: String
    /// How many alerts were left out because of ``NotificationGrouping/maximumAlerts``.
    public let truncatedAlerts: Int
    /// `firing` when any alert fires.
    public let status: Announcement.Status
    /// Name of the receiver.
    public let receiver: String
    /// Labels by which the alerts were put together.
    public let groupLabels: [String: String]
    /// Labels that all alerts share.
    public let commonLabels: [String: String]
    /// Annotations that all alerts share.
    public let commonAnnotations: [String: String]
    /// Address under which people reach the gateway.
    public let externalURL: String
    /// The alerts, firing ones first, each part in rising order of its numbers.
    public let alerts: [NotificationAlert]

    init(
        receiver: String,
        groupLabels: Labels,
        announcements: [Announcement],
        externalURL: String,
        maximumAlerts: Int
    ) {
        let shown = announcements.prefix(maximumAlerts).map {
            NotificationAlert($0, externalURL: externalURL)
        }
        version = "4"
        groupKey = "{}:\(groupLabels)"
        truncatedAlerts = announcements.count - shown.count
        status = announcements.contains { $0.status == .firing } ? .firing : .resolved
        self.receiver = receiver
        self.groupLabels = groupLabels.dictionary
        commonLabels = Self.common(shown.map(\.labels))
        commonAnnotations = Self.common(shown.map(\.annotations))
        self.externalURL = externalURL
        alerts = Array(shown)
    }

    /// The payload as JSON with sorted keys.
    ///
    /// - Throws: what the encoder throws; texts and whole numbers give it no reason to.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// One line for the log: status, group, and the English summaries.
    public var logLine: String {
        let summaries = alerts.prefix(Self.maximumLoggedAlerts).map { alert in
            let text = alert.annotations["summary"] ?? alert.labels["alertname"] ?? ""
            return "#\(alert.annotations["number"] ?? "?") \(alert.status.rawValue): \(text)"
        }
        let more = alerts.count + truncatedAlerts - summaries.count
        let tail = more > 0 ? "; and \(more) more" : ""
        let line = "\(status.rawValue) \(groupKey) \(summaries.joined(separator: "; "))\(tail)"
        // Labels and summaries come from outside: a line end in one must not forge a line of the
        // log.
        return String(line.map { $0.isNewline ? " " : $0 })
    }

    /// Most alerts that a line of the log names.
    public static let maximumLoggedAlerts = 8

    /// The MQTT topic of the notification: prefix, village and code of the alarm, `_` for what the
    /// group does not share.
    ///
    /// - Parameter prefix: for example `langso/alerts`, without a slash at its end.
    /// - Returns: for example `langso/alerts/na-ech/A1`.
    public func topic(prefix: String) -> String {
        let levels = ["village", "code"].map { name in
            let value = commonLabels[name] ?? ""
            // A level may not be empty here and holds neither separators nor wildcards.
            let kept = value.filter { !"/+#\0".contains($0) }
            return kept.isEmpty ? "_" : kept
        }
        return ([prefix] + levels).joined(separator: "/")
    }

    private static func common(_ maps: [[String: String]]) -> [String: String] {
        guard let first = maps.first else { return [:] }
        return first.filter { pair in maps.allSatisfy { $0[pair.key] == pair.value } }
    }
}
