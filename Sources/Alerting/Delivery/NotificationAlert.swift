internal import Telemetry

/// One alert inside a notification, in the fields of Alertmanager's webhook payload.
public struct NotificationAlert: Codable, Hashable, Sendable {
    /// `firing` or `resolved`.
    public let status: Announcement.Status
    /// All labels.
    public let labels: [String: String]
    /// Annotations; the gateway adds `number`, and `members` for a cause.
    public let annotations: [String: String]
    /// When it began to fire, RFC 3339.
    public let startsAt: String
    /// When it was resolved, RFC 3339; year 1 while it fires, as Alertmanager writes it.
    public let endsAt: String
    /// Address of the expression as a graph.
    public let generatorURL: String
    /// Identity of the label set: 16 hexadecimal digits.
    public let fingerprint: String

    /// What Alertmanager writes for a time that is not set.
    public static let unsetTime = "0001-01-01T00:00:00Z"

    /// Creates the entry of an announcement.
    ///
    /// - Parameters:
    ///   - announcement: what receivers are to hear.
    ///   - externalURL: address under which people reach the gateway, without a slash at its end.
    public init(_ announcement: Announcement, externalURL: String) {
        let alert = announcement.alert
        status = announcement.status
        labels = alert.labels.dictionary
        var annotations = alert.annotations
        annotations["number"] = String(alert.number)
        if alert.absorbedCount > 0 { annotations["members"] = String(alert.absorbedCount) }
        self.annotations = annotations
        startsAt = (alert.firedAt ?? alert.activeAt).rfc3339
        endsAt = alert.resolvedAt?.rfc3339 ?? Self.unsetTime
        generatorURL =
            "\(externalURL)/graph?g0.expr=\(Self.percentEncoded(alert.expression))&g0.tab=1"
        fingerprint = Self.fingerprint(of: alert.labels)
    }

    /// FNV-1a of 64 bits over names and values, each followed by a byte of 255.
    ///
    /// - Source: Prometheus `common/model`, `LabelSet.Fingerprint`.
    static func fingerprint(of labels: Labels) -> String {
        var hash: UInt64 = 14_695_981_039_346_656_037
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        for label in labels.sorted {
            label.name.utf8.forEach(add)
            add(255)
            label.value.utf8.forEach(add)
            add(255)
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// - Source: RFC 3986, section 2.3, the unreserved characters.
    static func percentEncoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}
