internal import Telemetry

/// How announcements are put together into notifications.
public struct NotificationGrouping: Hashable, Sendable {
    /// Labels whose values the alerts of one notification share.
    public var labelNames: [String]
    /// Address under which people reach the gateway, without a slash at its end.
    public var externalURL: String
    /// Most alerts in one notification; the rest is only counted.
    ///
    /// Chosen so that a payload stays below 256 KiB, a common limit of receivers and brokers.
    public var maximumAlerts = 100

    /// Labels that make one message of what one crew has to do in one place.
    public static let defaultLabelNames = ["alertname", "code", "commune", "village", "simulated"]

    /// Creates a grouping.
    public init(
        labelNames: [String] = Self.defaultLabelNames,
        externalURL: String = ""
    ) {
        self.labelNames = labelNames
        self.externalURL = externalURL
    }

    /// Makes notifications for one receiver, in rising order of their groups.
    public func notifications(for announcements: [Announcement], receiver: String)
        -> [Notification]
    {
        let groups = Dictionary(grouping: announcements) { announcement in
            Labels(
                labelNames.compactMap { name in
                    announcement.alert.labels[name].map { Label(name, $0) }
                }
            )
        }
        return groups.sorted { $0.key < $1.key }.map { labels, members in
            Notification(
                receiver: receiver,
                groupLabels: labels,
                announcements: members.sorted(by: Self.precedes),
                externalURL: externalURL,
                maximumAlerts: maximumAlerts
            )
        }
    }

    private static func precedes(_ left: Announcement, _ right: Announcement) -> Bool {
        if left.status != right.status { return left.status == .firing }
        return left.alert.number < right.alert.number
    }
}
