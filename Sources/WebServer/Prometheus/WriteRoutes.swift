internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOPosix
public import RemoteWrite

/// `write` of the Prometheus API: other programs push their samples.
///
/// 204 when all are taken and on the disk. 400 when some cannot be taken, with the reason: the
/// others are stored, and sending again would change nothing. 503 when none could be stored; the
/// sender tries again. 415 for a message that is not read, 413 for one that is too large.
/// - Source: Prometheus Remote-Write 1.0 and 2.0, "Responses".
struct WriteRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    private let limit = RequestLimit("requests of remote write", most: 4)

    /// Seconds after which a sender may try again.
    private static var retryAfter: String { "5" }

    init(backend: Backend) { self.backend = backend }

    func add(to router: some RouterMethods<GatewayRequestContext>) {
        router.answer("write", [.post]) { request, _ in
            guard backend.takesRemoteWrite else {
                return .plain(
                    "this gateway takes no remote write; set web.remote_write: true in its "
                        + "settings to open it\n",
                    status: .notFound
                )
            }
            do {
                return try await limit.run { try await write(&request) }
            } catch let error as RemoteWriteError {
                return .plain("\(error)\n", status: Self.status(of: error))
            } catch let error as APIError {
                var response = Response.plain("\(error.message)\n", status: error.status)
                response.headers[.retryAfter] = Self.retryAfter
                return response
            }
        }
    }

    private func write(_ request: inout Request) async throws -> Response {
        let version = try RemoteWriteVersion(
            contentType: request.headers[.contentType] ?? "",
            contentEncoding: request.headers[.contentEncoding]
        )
        let packed: ByteBuffer
        do {
            packed = try await request.collectBody(upTo: WriteRequest.maximumPackedBytes)
        } catch is NIOTooManyBytesError {
            let count = request.headers[.contentLength].flatMap { Int($0) }
            throw RemoteWriteError.tooLarge(
                bytes: count ?? WriteRequest.maximumPackedBytes + 1,
                limit: WriteRequest.maximumPackedBytes
            )
        }
        guard backend.isReady() else {
            throw APIError(.unavailable, "the gateway is still recovering its store")
        }
        let message = try await NIOThreadPool.singleton.runIfActive {
            try WriteRequest(packed: Array(packed.readableBytesView).span, version: version)
        }
        let outcome = await backend.write(message)
        if let failure = outcome.failure { throw APIError(.unavailable, failure) }
        var refusals = message.refusals
        refusals.add(outcome.refusals)
        var response =
            refusals.isEmpty
            ? Response(status: .noContent)
            : Response.plain("\(refusals.sentence)\n", status: .badRequest)
        response.headers[.samplesWritten] = "\(outcome.storedCount)"
        response.headers[.histogramsWritten] = "0"
        response.headers[.exemplarsWritten] = "0"
        return response
    }

    private static func status(of error: RemoteWriteError) -> HTTPResponse.Status {
        switch error {
        case .unsupported: .unsupportedMediaType
        case .tooLarge, .tooMany: .contentTooLarge
        case .malformedBlock, .malformedMessage: .badRequest
        }
    }
}

extension HTTPField.Name {
    fileprivate static let samplesWritten = written("Samples")
    fileprivate static let histogramsWritten = written("Histograms")
    fileprivate static let exemplarsWritten = written("Exemplars")

    private static func written(_ what: String) -> HTTPField.Name {
        guard let name = HTTPField.Name("X-Prometheus-Remote-Write-\(what)-Written") else {
            preconditionFailure("a name of letters and hyphens is valid")
        }
        return name
    }
}

/// What became of samples that were pushed.
public struct WriteOutcome: Sendable {
    /// Samples that are in the journal and on their way to the store.
    public var storedCount: Int
    /// Samples that cannot be taken.
    public var refusals: WriteRefusals
    /// Why nothing could be stored for now; nil when it could.
    public var failure: String?

    /// Creates an outcome.
    public init(storedCount: Int = 0, refusals: WriteRefusals = .init(), failure: String? = nil) {
        self.storedCount = storedCount
        self.refusals = refusals
        self.failure = failure
    }
}
