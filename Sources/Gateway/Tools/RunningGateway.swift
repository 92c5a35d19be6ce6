internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// A gateway that runs, asked over HTTP as other programs ask it.
struct RunningGateway: Sendable {
    /// Where it listens, without a slash at the end.
    let base: String
    /// What shows who asks; nil asks as anybody.
    private let token: OperatorToken?

    /// Largest answer that is read: 256 MiB.
    static let maximumAnswerBytes = 256 << 20

    /// - Parameters:
    ///   - url: its address; slashes at the end count for nothing.
    ///   - token: of the operator who asks.
    init(url: String, token: OperatorToken? = nil) {
        self.token = token
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
    }

    /// Gets what lies at a path.
    ///
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said.
    func get(_ path: String) async throws -> String {
        try await send(HTTPClientRequest(url: base + path))
    }

    /// Posts names and values as a form.
    ///
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said.
    func post(_ path: String, _ pairs: [(String, String)]) async throws -> String {
        var form = URLComponents()
        form.queryItems = pairs.map { URLQueryItem(name: $0.0, value: $0.1) }
        // In a form a plus is a space; URLComponents leaves it as it is.
        let body = (form.percentEncodedQuery ?? "").replacing("+", with: "%2B")
        var message = HTTPClientRequest(url: base + path)
        message.method = .POST
        message.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        message.body = .bytes(ByteBuffer(string: body))
        return try await send(message)
    }

    /// Gets what lies at a path of the gateway's own API, as a value.
    ///
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said.
    func value<Value: Decodable>(_ type: Value.Type, at path: String) async throws -> Value {
        try decoded(type, try await get(path))
    }

    /// Posts a value as JSON, and takes the answer as another.
    ///
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said.
    func value<Value: Decodable>(
        _ type: Value.Type,
        at path: String,
        posting body: some Encodable
    ) async throws -> Value {
        try decoded(type, try await post(path, json: body))
    }

    /// Posts a value as JSON.
    ///
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said.
    func post(_ path: String, json value: some Encodable) async throws -> String {
        var message = HTTPClientRequest(url: base + path)
        message.method = .POST
        message.headers.add(name: "Content-Type", value: "application/json")
        message.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(value)))
        return try await send(message)
    }

    private func decoded<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw GatewayError.badAnswer(url: base, reason: "its answer is no gateway's")
        }
    }

    private func send(_ request: HTTPClientRequest) async throws -> String {
        var message = request
        if let token { message.headers.add(name: "Authorization", value: "Bearer \(token.text)") }
        let text: String
        let status: UInt
        do {
            let response = try await WebClient.shared.execute(message, timeout: .seconds(60))
            status = response.status.code
            text = String(buffer: try await response.body.collect(upTo: Self.maximumAnswerBytes))
        } catch {
            let reason = WebClient.reason(error)
            throw GatewayError.badAnswer(url: base, reason: "\(reason); is the gateway running?")
        }
        // Faults come in Prometheus' envelope.
        let fault = try? JSONDecoder().decode(APIFault.self, from: Data(text.utf8))
        guard status == 200, fault?.error == nil else {
            throw GatewayError.badAnswer(
                url: base,
                reason: fault?.error ?? "it answered \(status): \(text.prefix(200))"
            )
        }
        return text
    }

    private struct APIFault: Decodable {
        var error: String?
    }
}
