import CoreMetrics
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing
import WebServer

/// An answer of the API.
struct APIAnswer {
    let status: Int
    let headers: HTTPFields
    let body: Data

    /// The body as a JSON object; empty when it is none.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: body) as? [String: Any]) ?? [:]
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// `data` of a successful answer.
    func data<Value>(_ type: Value.Type = Value.self) throws -> Value {
        #expect(status == 200, "\(text)")
        #expect(json["status"] as? String == "success")
        return try #require(json["data"] as? Value, "\(text)")
    }
}

/// Asks a router as programs ask the API: parameters in the query or in a form.
struct APIClient<Backend: GatewayBackend> {
    let backend: Backend
    var allowedOrigins: Set<String> = []
    var metrics: any MetricsFactory = NOOPMetricsHandler.instance

    func get(
        _ path: String,
        _ parameters: KeyValuePairs<String, String> = [:],
        headers: HTTPFields = [:]
    ) async throws -> APIAnswer {
        let query = Self.form(parameters)
        return try await ask(.get, query.isEmpty ? path : "\(path)?\(query)", headers, nil)
    }

    func post(
        _ path: String,
        _ parameters: KeyValuePairs<String, String> = [:]
    ) async throws -> APIAnswer {
        let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        return try await ask(.post, path, headers, Self.form(parameters))
    }

    func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        _ body: String? = nil
    ) async throws -> APIAnswer {
        try await send(method, path, headers, body.map { ByteBuffer(string: $0) })
    }

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields,
        _ body: ByteBuffer?
    ) async throws -> APIAnswer {
        let router = WebApplication.router(
            backend,
            pagesFolder: "/nowhere",
            allowedOrigins: allowedOrigins,
            metrics: metrics
        )
        let answer = try await Application(router: router).test(.router) { client in
            try await client.execute(
                uri: path,
                method: method,
                headers: headers,
                body: body
            )
        }
        return APIAnswer(
            status: answer.status.code,
            headers: answer.headers,
            body: Data(answer.body.readableBytesView)
        )
    }

    /// Parameters as Go's `url.Values.Encode` writes them: everything but letters, digits and a few
    /// signs is escaped, a blank is a plus.
    static func form(_ parameters: KeyValuePairs<String, String>) -> String {
        let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_.~ "))
        func escaped(_ text: String) -> String {
            (text.addingPercentEncoding(withAllowedCharacters: plain) ?? "")
                .replacing(" ", with: "+")
        }
        return parameters.map { "\(escaped($0.key))=\(escaped($0.value))" }.joined(separator: "&")
    }
}
