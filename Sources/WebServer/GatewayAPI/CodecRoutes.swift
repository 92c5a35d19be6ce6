internal import Hummingbird

/// Payload codecs in the gateway's own API: what they did, and having one run again.
struct CodecRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    let writeGuard: WriteGuard

    func add(to api: some RouterMethods<GatewayRequestContext>) {
        api.get("codecs") { _, _ in try Response.json(await backend.codecs()) }
        api.post("codecs/release") { request, _ in
            var request = request
            try writeGuard.check(request, "have a codec run again")
            guard let name = try await RequestParameters(&request).first("name") else {
                throw APIError(.badData, "name the codec that is to run again: name=CODEC")
            }
            guard let done = await backend.releaseCodec(name) else {
                throw APIError(
                    .notFound,
                    "there is no codec '\(name)'; GET codecs lists those there are"
                )
            }
            return try Response.json(done)
        }
    }
}
