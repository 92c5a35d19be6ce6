internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// A question to the own API of a running gateway.
enum GatewayQuestion {
    /// What an answer that is none carries.
    private struct Fault: Decodable {
        let error: String
    }

    /// Largest answer that is read: 64 MiB.
    private static let maximumAnswerBytes = 64 << 20

    /// Asks, or posts where there is a body.
    ///
    /// - Parameters:
    ///   - path: below `/api/langso/v1/`.
    ///   - url: the gateway's address.
    ///   - body: a JSON document to post.
    ///   - type: what the answer is.
    /// - Throws: ``GatewayError/badAnswer(url:reason:)``, with the gateway's own words where it has
    ///   some.
    /// - Returns: the answer.
    static func ask<Value: Decodable>(
        _ path: String,
        of url: String,
        body: Data? = nil,
        as type: Value.Type
    ) async throws -> Value {
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        var message = HTTPClientRequest(url: "\(base)/api/langso/v1/\(path)")
        if let body {
            message.method = .POST
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(ByteBuffer(bytes: body))
        }
        let status: UInt
        let answer: Data
        do {
            let response = try await WebClient.shared.execute(message, timeout: .seconds(60))
            status = response.status.code
            let bytes = try await response.body.collect(upTo: maximumAnswerBytes)
            answer = Data(bytes.readableBytesView)
        } catch {
            let reason = WebClient.reason(error)
            throw GatewayError.badAnswer(url: base, reason: "\(reason); is the gateway running?")
        }
        guard status == 200 else {
            let words = try? JSONDecoder().decode(Fault.self, from: answer).error
            throw GatewayError.badAnswer(url: base, reason: words ?? "it answered \(status)")
        }
        do {
            return try JSONDecoder().decode(type, from: answer)
        } catch {
            throw GatewayError.badAnswer(url: url, reason: "its answer is no gateway's")
        }
    }
}
