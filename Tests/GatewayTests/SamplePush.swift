import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import RemoteWrite
import Telemetry
import TestKit

/// Pushes samples to a gateway as a sender of remote write does.
enum SamplePush {
    /// What a gateway has answered.
    struct Answer {
        let status: UInt
        let text: String
        let headers: HTTPHeaders

        /// How much is stored, as the headers say: samples, histograms and exemplars.
        var written: [String] {
            ["Samples", "Histograms", "Exemplars"].map { what in
                headers["X-Prometheus-Remote-Write-\(what)-Written"].joined(separator: ",")
            }
        }
    }

    /// Sends samples.
    ///
    /// - Parameters:
    ///   - series: what is sent.
    ///   - address: of the gateway.
    ///   - version: the kind of message, and what its headers say.
    /// - Throws: what keeps the request from being answered.
    /// - Returns: the answer.
    static func send(
        _ series: [(labels: [String: String], [Sample])],
        to address: String,
        version: RemoteWriteVersion = .first
    ) async throws -> Answer {
        let message = RemoteWriteMessage(series.map { (labels: $0.labels, samples: $0.1) })
        return try await send(message.packed(version), headers(version), to: address)
    }

    /// What a sender says of a body.
    static func headers(_ version: RemoteWriteVersion) -> HTTPHeaders {
        [
            "Content-Type": version == .first
                ? "application/x-protobuf"
                : "application/x-protobuf;proto=\(version.rawValue)",
            "Content-Encoding": "snappy",
            "X-Prometheus-Remote-Write-Version": version == .first ? "0.1.0" : "2.0.0",
        ]
    }

    /// Sends a body, whatever it is.
    static func send(
        _ body: [UInt8],
        _ headers: HTTPHeaders,
        to address: String
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address + "/api/v1/write")
        request.method = .POST
        request.headers = headers
        request.body = .bytes(body)
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        return Answer(status: answer.status.code, text: text, headers: answer.headers)
    }
}
