internal import Foundation
internal import Hummingbird
internal import Metering
internal import Telemetry

/// `status/…` and `targets` of the Prometheus API, and the probes beside it.
///
/// `status/flags` and `status/config` are not there on purpose: Grafana takes a server that answers
/// the first for a Thanos, and what is configured here is no configuration of Prometheus.
struct StatusRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    let threads: QueryThreads

    func add(to router: some RouterMethods<GatewayRequestContext>) {
        router.answer("status/buildinfo", [.get]) { _, _ in
            try Response.success(encoding: [
                // The language version that queries follow; Grafana chooses its calls by it.
                "version": "3.0.0", "revision": "", "branch": "", "buildUser": "",
                "buildDate": "", "goVersion": "",
            ])
        }
        router.answer("status/runtimeinfo", [.get]) { _, _ in
            try Response.success(encoding: RuntimeReport(await backend.storeFigures(), backend))
        }
        router.answer("status/tsdb", [.get]) { request, _ in
            try await cardinality(RequestParameters(&request))
        }
        // Nothing is scraped: sensors send.
        router.answer("targets", [.get]) { _, _ in
            try Response.success(
                encoding: ["activeTargets": [String](), "droppedTargets": [String]()]
            )
        }
        router.answer("targets/metadata", [.get]) { _, _ in
            try Response.success(encoding: [String]())
        }
    }

    private func cardinality(_ parameters: RequestParameters) async throws -> Response {
        let text = parameters.first("limit") ?? "\(CardinalityReport.standardLimit)"
        guard let limit = Int(text), limit > 0 else {
            throw APIError(.badData, "limit must be a positive number")
        }
        guard limit <= CardinalityReport.mostEntries else {
            throw APIError(.badData, "limit must not exceed \(CardinalityReport.mostEntries)")
        }
        let source = try backend.readySource()
        let head = await backend.storeFigures()
        return try await threads.run {
            let report: CardinalityReport
            do throws(SeriesSourceError) {
                report = try CardinalityReport(of: source, head, limit: limit)
            } catch {
                throw APIError(.internal, "\(error)")
            }
            return try Response.success(encoding: report)
        }
    }

    func addProbes(to router: some RouterMethods<GatewayRequestContext>) {
        router.answer("-/healthy", [.get]) { _, _ in .plain("langso is healthy\n") }
        router.answer("-/ready", [.get]) { _, _ in
            backend.isReady()
                ? Response.plain("langso is ready\n")
                : Response.plain("langso is recovering its store\n", status: .serviceUnavailable)
        }
        router.answer("metrics", [.get]) { _, _ in
            Response.plain(
                MetricsExposition.text(await backend.metrics()),
                type: MetricsExposition.contentType
            )
        }
    }
}

extension JSONEncoder {
    /// Encodes as the API documents it: sorted keys, slashes as they are.
    static var api: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension Response {
    /// Creates a successful answer in Prometheus' envelope, with a value as its data.
    ///
    /// - Throws: `EncodingError` when the value cannot be written as JSON.
    static func success(encoding data: some Encodable) throws -> Response {
        let encoded = try JSONEncoder.api.encode(data)
        return success { $0.raw(String(decoding: encoded, as: UTF8.self)) }
    }

    /// Creates an answer that carries plain text.
    static func plain(
        _ text: String,
        type: String = "text/plain; charset=utf-8",
        status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
