internal import HTTPTypes
internal import Hummingbird
internal import Synchronization

/// Sends text as gzip to whoever takes it: the line of a commune is thin.
///
/// A stream of events stays as it is, for each of them must arrive at once.
struct CompressionMiddleware: RouterMiddleware {
    typealias Context = GatewayRequestContext

    /// Smallest body that is compressed: a packet's worth takes a packet either way.
    static let smallestBytes = 1024

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard let count = response.body.contentLength, count >= Self.smallestBytes,
            let type = response.headers[.contentType], Self.isText(type),
            response.headers[.contentEncoding] == nil
        else { return response }
        // Whether it comes compressed depends on what was asked, for whoever keeps answers.
        response.headers[.vary] =
            response.headers[.vary].map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        guard Self.takesGzip(request.headers[.acceptEncoding] ?? "") else { return response }
        let plain = CollectedBody()
        try await response.body.write(plain)
        let bytes = plain.bytes
        let packed = try await WorkerThreads.short.run { Gzip.compress(bytes) }
        response.body = ResponseBody(byteBuffer: packed ?? bytes)
        guard packed != nil else { return response }
        response.headers[.contentEncoding] = "gzip"
        // Not byte for byte what the tag names.
        if let tag = response.headers[.eTag], tag.hasPrefix("\"") {
            response.headers[.eTag] = "W/\(tag)"
        }
        return response
    }

    private static func isText(_ type: String) -> Bool {
        type.hasPrefix("text/") && !type.hasPrefix("text/event-stream")
            || type.hasPrefix("application/json") || type.hasPrefix("image/svg+xml")
    }

    /// Whether a list such as `gzip, deflate;q=0.5, *;q=0` takes gzip.
    ///
    /// - Source: RFC 9110, section 12.5.3.
    static func takesGzip(_ accepted: String) -> Bool {
        var others: Bool?
        for part in accepted.lowercased().split(separator: ",") {
            let words = part.split(separator: ";").map { $0.trimming(while: { $0 == " " }) }
            guard let coding = words.first else { continue }
            let isTaken = !words.dropFirst().contains { word in
                word.hasPrefix("q=") && Double(word.dropFirst(2)) == 0
            }
            if coding == "gzip" || coding == "x-gzip" { return isTaken }
            if coding == "*" { others = isTaken }
        }
        return others ?? false
    }
}

extension Substring {
    fileprivate func trimming(while isLoose: (Character) -> Bool) -> Substring {
        var text = drop(while: isLoose)
        while let last = text.last, isLoose(last) { text.removeLast() }
        return text
    }
}

/// Takes a whole body.
private final class CollectedBody: ResponseBodyWriter {
    private let collected = Mutex(ByteBuffer())

    var bytes: ByteBuffer { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        collected.withLock { bytes in
            _ = bytes.writeImmutableBuffer(buffer)
        }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
