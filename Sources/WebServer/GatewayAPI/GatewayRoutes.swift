internal import Foundation
internal import Hummingbird

/// The gateway's own API: `/api/langso/v1`.
///
/// Answers are JSON objects with sorted keys. A member that has no value is left out, which readers
/// take as null; it is never written as 0. Faults come in Prometheus' envelope.
struct GatewayRoutes<Backend: GatewayBackend, Time: Clock>: Sendable
where Time.Duration == Duration {
    let backend: Backend
    let clock: Time
    let writeGuard: WriteGuard

    /// Most undecoded messages that one answer lists.
    static var mostDeadLetters: Int { 1000 }

    func add(to api: some RouterMethods<GatewayRequestContext>) {
        api.get("overview") { _, _ in try Response.json(await backend.overview()) }
        api.get("devices") { _, _ in try Response.json(await backend.devices()) }
        api.get("alerts") { _, _ in try Response.json(await backend.alerts()) }
        api.get("indicators") { _, _ in try Response.json(await backend.indicators()) }
        api.get("dead-letters") { request, _ in
            var request = request
            let limit = try await RequestParameters(&request).limit() ?? 100
            let most = min(limit, Self.mostDeadLetters)
            return try Response.json(await backend.deadLetters(limit: most))
        }
        api.post("dead-letters/decode") { request, _ in
            try writeGuard.check(request, "decode messages again")
            do {
                return try Response.json(await backend.decodeDeadLetters())
            } catch {
                throw APIError(.internal, "cannot decode the undecoded messages again: \(error)")
            }
        }
        CodecRoutes(backend: backend, writeGuard: writeGuard).add(to: api)
        api.get("events") { request, _ in
            EventFeed(clock: clock).response(to: request, from: backend.events)
        }
    }
}

extension Response {
    /// Creates an answer that carries a value as JSON.
    static func json(_ value: some Encodable) throws -> Response {
        let data = try JSONEncoder.api.encode(value)
        return Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        )
    }
}
