internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The inbox of unknown devices: who they may be, and the adoption of one.
///
/// Nobody logs in yet, so that adopting is off unless the settings open it. It writes the registry:
/// pages of other sites must not do that through the browser of somebody who may. A request has to
/// be JSON, which browsers send to other sites only when these agree, and must not come from the
/// page of another site.
/// - Source: Fetch standard, "CORS-safelisted request-header"; Fetch Metadata Request Headers,
///   W3C, `Sec-Fetch-Site`.
struct InboxRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    /// Whose pages may adopt beside the gateway's own.
    let allowedOrigins: Set<String>

    /// Most devices that one answer lists.
    static var mostDevices: Int { 200 }
    /// Devices that an answer lists unless asked for more.
    static var usualDevices: Int { 50 }
    /// Longest request in bytes.
    static var mostBytes: Int { 64 << 10 }

    func add(to api: some RouterMethods<GatewayRequestContext>) {
        api.answer("inbox", [.get]) { request, _ in
            let limit = try await RequestParameters(&request).limit() ?? Self.usualDevices
            do {
                return try Response.json(await backend.inbox(limit: min(limit, Self.mostDevices)))
            } catch {
                throw APIError(.internal, "cannot look through the unknown devices: \(error)")
            }
        }
        api.answer("inbox/adopt", [.post]) { request, _ in
            try check(request)
            let body: ByteBuffer
            do {
                body = try await request.body.collect(upTo: Self.mostBytes)
            } catch {
                throw HTTPError(
                    .contentTooLarge,
                    message: "cannot adopt: the request has more than \(Self.mostBytes) bytes"
                )
            }
            let adoption: AdoptionRequest
            do {
                adoption = try JSONDecoder().decode(
                    AdoptionRequest.self,
                    from: Data(body.readableBytesView)
                )
            } catch {
                throw APIError(
                    .badData,
                    "cannot adopt: the request is no JSON object with device, profile and code"
                )
            }
            do {
                return try Response.json(await backend.adopt(adoption))
            } catch let refusal as AdoptionRefusal {
                throw APIError(.badData, "cannot adopt \(adoption.device): \(refusal)")
            } catch {
                throw APIError(.internal, "cannot adopt \(adoption.device): \(error)")
            }
        }
    }

    private func check(_ request: Request) throws {
        guard backend.takesAdoptions else {
            throw HTTPError(
                .forbidden,
                message: "this gateway adopts no devices over HTTP; set web.adoption: true in its "
                    + "settings to open it, or use langso devices adopt --data"
            )
        }
        let type = request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("application/json") else {
            throw HTTPError(
                .unsupportedMediaType,
                message: "cannot adopt: the request must be application/json"
            )
        }
        guard isOwnOrAllowed(request) else {
            throw HTTPError(
                .forbidden,
                message: "cannot adopt for the page of another site; name it in "
                    + "web.allowed_origins to allow it"
            )
        }
    }

    /// Whether a request comes from no browser, from a page of this gateway, or from one that the
    /// operator allows.
    private func isOwnOrAllowed(_ request: Request) -> Bool {
        let origin = request.headers[.origin]
        if let origin, allowedOrigins.contains(origin) { return true }
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            return site == "same-origin" || site == "none"
        }
        guard let origin else { return true }
        let host = request.head.authority ?? ""
        return !host.isEmpty && (origin == "http://\(host)" || origin == "https://\(host)")
    }
}
