internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The inbox of unknown devices: who they may be, and the adoption of one.
///
/// Nobody logs in yet, so that adopting is off unless the settings open it. It writes the registry:
/// a request has to be JSON, which browsers send to other sites only when these agree, and must not
/// come from the page of another site, see ``WriteGuard``.
/// - Source: Fetch standard, "CORS-safelisted request-header".
struct InboxRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    let writeGuard: WriteGuard

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
                return Self.answer(to: adoption, refusal)
            } catch {
                throw APIError(.internal, "cannot adopt \(adoption.device): \(error)")
            }
        }
    }

    /// The usual envelope, with each fault's code beside: pages say it in their language.
    private static func answer(to adoption: AdoptionRequest, _ refusal: AdoptionRefusal) -> Response
    {
        var json = JSONText()
        json.object { json in
            json.member("status", "error")
            json.member("errorType", APIError.Kind.badData.rawValue)
            json.member("error", "cannot adopt \(adoption.device): \(refusal)")
            json.name("faults")
            json.array { json in
                for fault in refusal.faults {
                    json.object { json in
                        json.member("code", fault.code)
                        json.name("values")
                        json.array { json in for value in fault.values { json.text(value) } }
                        json.member("words", fault.words)
                    }
                }
            }
        }
        return Response(json, status: .badRequest)
    }

    private func check(_ request: Request) throws {
        guard backend.takesAdoptions else {
            throw HTTPError(
                .forbidden,
                message: "this gateway adopts no devices over HTTP; set web.adoption: true in its "
                    + "settings to open it, or use langso devices adopt --config"
            )
        }
        let type = request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("application/json") else {
            throw HTTPError(
                .unsupportedMediaType,
                message: "cannot adopt: the request must be application/json"
            )
        }
        try writeGuard.check(request, "adopt")
    }
}
