internal import Hummingbird

/// `metadata` of the Prometheus API: what is said of metrics beside their samples.
///
/// There is one entry a metric. `metric` names one, `limit` cuts their number: 0 leaves none, a
/// negative number all; `limit_per_metric` cuts entries of each, of which one stays.
/// - Source: Prometheus 3, "HTTP API", "Querying metric metadata"; web/api/v1/api.go.
struct MetadataRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend

    func add(to router: some RouterMethods<GatewayRequestContext>) {
        router.answer("metadata", [.get]) { request, _ in
            try await metadata(RequestParameters(&request))
        }
    }

    private func metadata(_ parameters: RequestParameters) async throws -> Response {
        let limit = try parameters.wholeNumber("limit") ?? -1
        _ = try parameters.wholeNumber("limit_per_metric")
        let wanted = parameters.first("metric")
        let known = await backend.metadata().filter { wanted == nil || $0.name == wanted }
        return Response.success { json in
            json.object { json in
                for metric in known.prefix(limit < 0 ? .max : limit) {
                    json.name(metric.name)
                    json.array { json in
                        json.object { json in
                            json.member("type", metric.kind.rawValue)
                            json.member("help", metric.help)
                            json.member("unit", metric.unit)
                        }
                    }
                }
            }
        }
    }
}

extension RequestParameters {
    /// A whole number; nil when absent.
    ///
    /// - Throws: ``APIError`` of kind bad data for any other text.
    fileprivate func wholeNumber(_ name: String) throws(APIError) -> Int? {
        guard let text = first(name) else { return nil }
        guard let number = Int(text) else {
            throw APIError(.badData, "\(name) must be a number")
        }
        return number
    }
}

/// What is said of a metric beside its samples.
public struct MetricMetadata: Hashable, Sendable {
    /// What its values are like, as OpenMetrics calls it.
    public enum Kind: String, Sendable {
        /// Only rises.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts of observations by how large they were.
        case histogram
        /// Nothing is known of it.
        case unknown
    }

    /// The metric's name; that of its family where it is one of several series.
    public let name: String
    /// What its values are like.
    public let kind: Kind
    /// A sentence for people.
    public let help: String
    /// The unit that the name says, as `seconds`; empty where it says none.
    public let unit: String

    /// Creates the metadata of a metric.
    public init(name: String, kind: Kind, help: String, unit: String) {
        self.name = name
        self.kind = kind
        self.help = help
        self.unit = unit
    }
}
