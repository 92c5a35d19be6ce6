internal import Foundation
internal import Hummingbird

/// `rules`, `alerts`, `status/buildinfo` of the Prometheus API, and the probes beside it.
struct StatusRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend

    func add(to router: some RouterMethods<GatewayRequestContext>) {
        router.get("rules") { request, _ in
            var request = request
            return try await rules(RequestParameters(&request))
        }
        router.get("alerts") { _, _ in
            let alerts = await backend.ruleGroups().flatMap(\.rules).flatMap { $0.alerts ?? [] }
            return try Self.success(["alerts": alerts])
        }
        router.get("status/buildinfo") { _, _ in
            try Self.success([
                // The language version that queries follow; Grafana chooses its calls by it.
                "version": "3.0.0", "revision": "", "branch": "", "buildUser": "",
                "buildDate": "", "goVersion": "",
            ])
        }
    }

    func addProbes(to router: some RouterMethods<GatewayRequestContext>) {
        router.get("-/healthy") { _, _ in "langso is healthy\n" }
        router.get("-/ready") { _, _ -> Response in
            backend.isReady()
                ? Response.plain("langso is ready\n")
                : Response.plain("langso is recovering its store\n", status: .serviceUnavailable)
        }
        router.get("metrics") { _, _ -> Response in
            Response.plain(
                await backend.metricsText(),
                type: "text/plain; version=0.0.4; charset=utf-8"
            )
        }
    }

    private func rules(_ parameters: RequestParameters) async throws -> Response {
        let wanted = parameters.first("type")
        guard wanted == nil || wanted == "alert" || wanted == "record" else {
            throw APIError(
                .badData,
                "invalid parameter \"type\": not supported value \"\(wanted ?? "")\""
            )
        }
        let names = Set(parameters.all("rule_name[]"))
        let groupNames = Set(parameters.all("rule_group[]"))
        var groups = await backend.ruleGroups()
        groups.removeAll { !groupNames.isEmpty && !groupNames.contains($0.name) }
        for index in groups.indices {
            groups[index].rules.removeAll { rule in
                (wanted == "alert" && rule.type != "alerting")
                    || (wanted == "record" && rule.type != "recording")
                    || (!names.isEmpty && !names.contains(rule.name))
            }
        }
        groups.removeAll { $0.rules.isEmpty }
        return try Self.success(["groups": groups])
    }

    private static func success(_ data: some Encodable) throws -> Response {
        let encoded = try JSONEncoder.api.encode(data)
        return Response.success { $0.raw(String(decoding: encoded, as: UTF8.self)) }
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
