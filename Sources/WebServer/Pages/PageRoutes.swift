internal import Foundation
internal import Hummingbird

/// The gateway's own API (`/api/langso/v1`), its live events and the pages.
struct PageRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    /// Folder that holds the pages and their assets.
    let pagesFolder: String

    func add(to router: Router<GatewayRequestContext>) {
        let api = router.group("api/langso/v1")
        api.get("overview") { _, _ in try Self.json(await backend.overview()) }
        api.get("devices") { _, _ in try Self.json(await backend.devices()) }
        api.get("alerts") { _, _ in try Self.json(await backend.alerts()) }
        api.get("indicators") { _, _ in try Self.json(await backend.indicators()) }
        api.get("dead-letters") { request, _ in
            var request = request
            let limit = try await RequestParameters(&request).limit() ?? 100
            return try Self.json(await backend.deadLetters(limit: min(limit, 1000)))
        }
        api.post("dead-letters/decode") { _, _ in
            do {
                return try Self.json(await backend.decodeDeadLetters())
            } catch {
                throw APIError(.internal, "cannot decode the undecoded messages again: \(error)")
            }
        }
        api.get("events") { _, _ in events() }
        router.get("/") { _, _ in try page("index.html") }
        for name in ["indicators", "alerts", "devices", "series"] {
            router.get("\(name)") { _, _ in try page("\(name).html") }
        }
        router.get("assets/:file") { _, context in
            try asset(try context.parameters.require("file"))
        }
    }

    /// Server-sent events; a comment every 15 s keeps proxies from closing a quiet stream.
    private func events() -> Response {
        let stream = backend.events()
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
                for await event in stream {
                    let text = "event: \(event.name)\ndata: \(event.json)\n\n"
                    try await writer.write(ByteBuffer(string: text))
                }
                try await writer.finish(nil)
            }
        )
    }

    private func page(_ name: String) throws -> Response {
        try file(name, type: "text/html; charset=utf-8")
    }

    private func asset(_ name: String) throws -> Response {
        let types = [
            "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
            "svg": "image/svg+xml", "json": "application/json",
        ]
        guard let dot = name.lastIndex(of: "."),
            let type = types[String(name[name.index(after: dot)...])],
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }),
            !name.contains("..")
        else { throw HTTPError(.notFound) }
        return try file("assets/\(name)", type: type)
    }

    private func file(_ name: String, type: String) throws -> Response {
        guard let data = FileManager.default.contents(atPath: "\(pagesFolder)/\(name)") else {
            throw HTTPError(.notFound, message: "there is no \(name) in \(pagesFolder)")
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: type, .cacheControl: "no-cache",
                // Pages load nothing from elsewhere, and the browser holds them to it.
                .contentSecurityPolicy:
                    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
                    + "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        )
    }

    private static func json(_ value: some Encodable) throws -> Response {
        let data = try JSONEncoder.api.encode(value)
        return Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        )
    }
}
