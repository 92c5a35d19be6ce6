internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// What a request that writes the registry has to be.
///
/// Nobody logs in yet, so that such writes are off unless the settings open them. A request has to
/// be JSON, which browsers send to other sites only when these agree, and must not come from the
/// page of another site, see ``WriteGuard``.
/// - Source: Fetch standard, "CORS-safelisted request-header".
struct RegistryWrite: Sendable {
    let writeGuard: WriteGuard
    /// Whether the settings open them.
    let isOpen: Bool
    /// What is asked for, as `adopt`.
    let verb: String
    /// The command that does it without HTTP.
    let command: String
    /// What the request's object holds at least.
    let members: String

    /// Longest request in bytes.
    static var mostBytes: Int { 64 << 10 }

    /// Checks a request and reads what it carries.
    ///
    /// - Throws: 403, 413, 415, or a fault of the data, each saying what to do.
    func read<Value: Decodable>(_ request: Request, as type: Value.Type) async throws -> Value {
        try check(request)
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.mostBytes)
        } catch {
            throw WriteFault.tooLarge.error(verb, "\(Self.mostBytes)")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch {
            throw WriteFault.noObject.error(verb, members)
        }
    }

    private func check(_ request: Request) throws {
        guard isOpen else { throw WriteFault.closed.error(verb, command) }
        let type = request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("application/json") else {
            throw WriteFault.notJSON.error(verb)
        }
        try writeGuard.check(request, verb)
    }
}
