import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Telemetry

/// Pushes samples to a gateway as a sender of remote write 1.0 does.
enum SamplePush {
    /// A message of the first version, packed as literals.
    static func packed(_ series: [(labels: [String: String], [Sample])]) -> ByteBuffer {
        func variable(_ number: UInt64) -> [UInt8] {
            number < 0x80
                ? [UInt8(number)]
                : [UInt8(truncatingIfNeeded: number) | 0x80] + variable(number >> 7)
        }
        func field(_ number: UInt8, _ body: [UInt8]) -> [UInt8] {
            [number << 3 | 2] + variable(UInt64(body.count)) + body
        }
        var message: [UInt8] = []
        for (labels, samples) in series {
            var body: [UInt8] = []
            for (name, value) in labels.sorted(by: { $0.key < $1.key }) {
                body += field(1, field(1, Array(name.utf8)) + field(2, Array(value.utf8)))
            }
            for sample in samples {
                var bytes: [UInt8] = [9]
                withUnsafeBytes(of: sample.value.bitPattern.littleEndian) { bytes += $0 }
                body += field(
                    2,
                    bytes + [16] + variable(UInt64(bitPattern: sample.time.milliseconds))
                )
            }
            message += field(1, body)
        }
        var block = variable(UInt64(message.count))
        for start in stride(from: 0, to: message.count, by: 60) {
            let part = message[start..<min(start + 60, message.count)]
            block += [UInt8(part.count - 1) << 2] + part
        }
        return ByteBuffer(bytes: block)
    }

    static func send(
        _ series: [(labels: [String: String], [Sample])],
        to address: String
    ) async throws -> (status: UInt, text: String) {
        var request = HTTPClientRequest(url: address + "/api/v1/write")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-protobuf")
        request.headers.add(name: "Content-Encoding", value: "snappy")
        request.body = .bytes(packed(series))
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let text = String(buffer: try await answer.body.collect(upTo: 1 << 20))
        return (answer.status.code, text)
    }
}
