/// A message of the remote write protocol.
///
/// - Source: Prometheus Remote-Write 1.0 and 2.0, "Protocol".
public enum RemoteWriteVersion: String, CaseIterable, Sendable {
    /// `prometheus.WriteRequest` of remote write 1.0.
    case first = "prometheus.WriteRequest"
    /// `io.prometheus.write.v2.Request` of remote write 2.0.
    case second = "io.prometheus.write.v2.Request"

    /// Reads which message a request carries.
    ///
    /// - Parameters:
    ///   - contentType: `Content-Type`; without `proto`, or absent, the first version is meant.
    ///   - contentEncoding: `Content-Encoding`; absent means snappy, as there is no other.
    /// - Throws: ``RemoteWriteError/unsupported(_:)`` for anything else.
    public init(
        contentType: String?,
        contentEncoding: String?
    ) throws(RemoteWriteError) {
        guard contentEncoding == nil || contentEncoding?.lowercased() == "snappy" else {
            throw .unsupported(
                "cannot read a body with Content-Encoding \(contentEncoding ?? ""): send snappy"
            )
        }
        guard let contentType, !contentType.isEmpty else {
            self = .first
            return
        }
        var parts = contentType.split(separator: ";").map(Self.trimmed)
        guard !parts.isEmpty, parts.removeFirst().lowercased() == "application/x-protobuf" else {
            throw .unsupported(
                "cannot read a body with Content-Type \(contentType): send application/x-protobuf"
            )
        }
        for part in parts where part.lowercased().hasPrefix("proto=") {
            let name = String(part.dropFirst(6))
            guard let version = Self(rawValue: name) else {
                let known = Self.allCases.map(\.rawValue).joined(separator: " and ")
                throw .unsupported("cannot read the message \(name): known are \(known)")
            }
            self = version
            return
        }
        self = .first
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
