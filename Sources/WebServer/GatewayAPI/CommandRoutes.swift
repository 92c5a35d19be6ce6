internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Commands to devices: giving one, and what became of those that were given.
///
/// Off unless the settings open it, and for operators alone: each request carries the token of one
/// as `Authorization: Bearer TOKEN`. A request that gives a command has to be JSON and must not
/// come from the page of another site, see ``WriteGuard``.
/// - Source: RFC 6750, section 2.1; RFC 9110, section 11.6.
struct CommandRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    let writeGuard: WriteGuard

    /// Most commands that one answer lists.
    static var mostCommands: Int { 1000 }
    /// Commands that an answer lists unless asked for more.
    static var usualCommands: Int { 50 }
    /// Longest request in bytes.
    static var mostBytes: Int { 64 << 10 }

    func add(to api: some RouterMethods<GatewayRequestContext>) {
        api.answer("commands", [.get, .post]) { request, _ in
            let (commands, person) = try admitted(request)
            guard request.method == .post else {
                let limit = try await RequestParameters(&request).limit() ?? Self.usualCommands
                return try Response.json(await commands.list(limit: min(limit, Self.mostCommands)))
            }
            let asked = try await command(in: request)
            do {
                return try Response.json(await commands.submit(asked, by: person))
            } catch let error as APIError {
                throw error
            } catch let refusal as CommandNotGiven {
                return Self.answer(refusal)
            } catch {
                throw APIError(.internal, "cannot give the command: \(error)")
            }
        }
        api.answer("commands/targets", [.get]) { request, _ in
            let (commands, person) = try admitted(request)
            return try Response.json(try await commands.targets(for: person))
        }
        api.answer("commands/:id", [.get]) { request, context in
            let (commands, _) = try admitted(request)
            let text = context.parameters.get("id") ?? ""
            guard let id = Int(text), let command = try await commands.command(id) else {
                throw APIError(.notFound, "there is no command '\(text)'; GET commands lists them")
            }
            return try Response.json(command)
        }
    }

    /// The usual envelope, with each fault's code beside: pages say it in their language.
    private static func answer(_ refusal: CommandNotGiven) -> Response {
        var json = JSONText()
        json.object { json in
            json.member("status", "error")
            json.member("errorType", APIError.Kind.badData.rawValue)
            json.member("error", "\(refusal)")
            json.name("faults")
            json.array { json in
                for note in refusal.notes {
                    json.object { json in
                        json.member("code", note.code)
                        json.name("values")
                        json.array { json in for value in note.values { json.text(value) } }
                        json.member("words", note.words)
                    }
                }
            }
        }
        return Response(json, status: .badRequest)
    }

    /// Who asks, and whom; those who may not are told in both languages why.
    private func admitted(_ request: Request) throws -> (any CommandBackend, person: String) {
        guard let commands = backend.commands else {
            throw HTTPError(
                .forbidden,
                message: "this gateway gives no commands to devices; set commands.enabled: true "
                    + "and commands.operators in its settings to open it / hệ thống này không gửi "
                    + "lệnh điều khiển tới thiết bị; đặt commands.enabled: true và "
                    + "commands.operators trong tệp cấu hình để mở"
            )
        }
        let parts = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer",
            let person = commands.operatorName(of: parts[1].trimmingCharacters(in: .whitespaces))
        else {
            throw HTTPError(
                .unauthorized,
                headers: [.wwwAuthenticate: #"Bearer realm="langso commands""#],
                message: "commands need an operator's token, as Authorization: Bearer TOKEN; the "
                    + "tokens are in the files that commands.operators names / lệnh điều khiển cần "
                    + "mã của người vận hành, gửi trong Authorization: Bearer MÃ; mã nằm trong các "
                    + "tệp mà commands.operators chỉ ra"
            )
        }
        return (commands, person)
    }

    private func command(in request: Request) async throws -> CommandRequest {
        let type = request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("application/json") else {
            throw HTTPError(
                .unsupportedMediaType,
                message: "cannot give a command: the request must be application/json"
            )
        }
        try writeGuard.check(request, "give a command")
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.mostBytes)
        } catch {
            throw HTTPError(
                .contentTooLarge,
                message: "cannot give a command: the request has more than \(Self.mostBytes) bytes"
            )
        }
        do {
            return try JSONDecoder().decode(CommandRequest.self, from: Data(body.readableBytesView))
        } catch {
            throw APIError(
                .badData,
                "cannot give a command: the request is no JSON object with action, reason, and "
                    + "device or match"
            )
        }
    }
}
