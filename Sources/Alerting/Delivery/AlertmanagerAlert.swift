internal import Foundation
internal import Telemetry

/// One alert as Alertmanager takes it.
///
/// - Source: Alertmanager, API v2, `postableAlert`.
public struct AlertmanagerAlert: Codable, Hashable, Sendable {
    /// All labels: the alert's identity.
    public let labels: [String: String]
    /// Annotations, expanded at the last evaluation.
    public let annotations: [String: String]
    /// When it began to fire, RFC 3339.
    public let startsAt: String
    /// When it was resolved, or when it is over unless it is sent again, RFC 3339.
    public let endsAt: String
    /// Address of the expression as a graph.
    public let generatorURL: String

    /// Most alerts of one request.
    ///
    /// - Source: Prometheus 2.42, `notifier.maxBatchSize`.
    public static let maximumCount = 64

    /// Creates the entry of an alert.
    ///
    /// - Parameters:
    ///   - alert: Firing or resolved.
    ///   - endsAt: When it is over.
    ///   - externalLabels: Added where the alert has none of that name.
    ///   - externalURL: Address under which people reach the gateway, without a slash at its end.
    init(
        _ alert: Alert,
        endsAt: Instant,
        externalLabels: [String: String],
        externalURL: String
    ) {
        let told = NotificationAlert(
            Announcement(status: alert.isOpen ? .firing : .resolved, alert: alert),
            externalURL: externalURL
        )
        labels = told.labels.merging(externalLabels) { own, _ in own }
        annotations = told.annotations
        startsAt = told.startsAt
        self.endsAt = endsAt.rfc3339
        generatorURL = told.generatorURL
    }

    /// Alerts as the body of a request, with sorted keys.
    ///
    /// - Throws: what the encoder throws; texts give it no reason to.
    /// - Returns: a JSON array.
    public static func json(_ alerts: some Sequence<AlertmanagerAlert>) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Array(alerts)), as: UTF8.self)
    }
}
