internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
public import RemoteWrite

/// `write` of the Prometheus API: other programs push their samples.
///
/// 204 when all are taken and on the disk. 400 when some cannot be taken, with the reason: the
/// others are stored, and sending again would change nothing. 503 when none could be stored; the
/// sender tries again. 415 for a message that is not read, 413 for one that is too large.
/// - Source: Prometheus Remote-Write 1.0 and 2.0, "Responses".
struct WriteRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    private let metrics: WebMetrics
    private let connections: Connections?
    private let limit: RequestLimit
    private let room: RequestLimit
    private let storing = Places(Self.mostStored)

    /// Most requests that are received or wait at once.
    private static var mostRequests: Int { 32 }
    /// Most bytes of their bodies together; one has some hundred kilobytes as a rule.
    private static var mostBytes: Int { 32 << 20 }
    /// Most requests that are unpacked and stored at once; the others wait.
    private static var mostStored: Int { 2 }
    /// Longest time in which a body must have come.
    private static var patience: Duration { .seconds(60) }
    /// Seconds after which a sender may try again.
    private static var retryAfter: String { "5" }

    init(backend: Backend, metrics: WebMetrics, connections: Connections?) {
        self.backend = backend
        self.metrics = metrics
        self.connections = connections
        let refused = metrics.refusedRequests("remote_write")
        limit = RequestLimit(
            "requests of remote write",
            most: Self.mostRequests,
            refused: refused
        )
        room = RequestLimit("bytes of remote write", most: Self.mostBytes, refused: refused)
    }

    func add(to router: some RouterMethods<GatewayRequestContext>) {
        router.answer("write", [.post]) { request, context in
            guard backend.takesRemoteWrite else {
                return .plain(
                    "this gateway takes no remote write; set web.remote_write: true in its "
                        + "settings to open it\n",
                    status: .notFound
                )
            }
            do {
                return try await write(request, context)
            } catch let error as RemoteWriteError {
                metrics.note(error.reason)
                return Response.plain("\(error)\n", status: Self.status(of: error)).written(0)
            } catch let error as APIError {
                var response = Response.plain("\(error.message)\n", status: error.status)
                response.headers[.retryAfter] = Self.retryAfter
                return response.written(0)
            }
        }
    }

    private func write(
        _ request: Request,
        _ context: GatewayRequestContext
    ) async throws -> Response {
        let version = try RemoteWriteVersion(
            contentType: request.headers[.contentType],
            contentEncoding: request.headers[.contentEncoding]
        )
        guard backend.isReady() else {
            throw APIError(.unavailable, "the gateway is still recovering its store")
        }
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > WriteRequest.maximumPackedBytes { throw Self.tooLarge(length) }
        return try await limit.run {
            try await room.run(length ?? WriteRequest.maximumPackedBytes) {
                let packed = try await Self.body(request)
                return try await storing.run {
                    // It will come again.
                    guard connections?.isGone(context.channel) != true else {
                        throw APIError(.canceled, "the client has closed its connection")
                    }
                    return try await store(packed, version)
                }
            }
        }
    }

    private static func tooLarge(_ count: Int) -> RemoteWriteError {
        .tooLarge(bytes: count, limit: WriteRequest.maximumPackedBytes)
    }

    private static func body(_ request: Request) async throws -> ByteBuffer {
        let deadline = ContinuousClock.now + patience
        var body = ByteBuffer()
        for try await part in request.body {
            var part = part
            body.writeBuffer(&part)
            guard body.readableBytes <= WriteRequest.maximumPackedBytes else {
                throw tooLarge(body.readableBytes)
            }
            guard ContinuousClock.now < deadline else {
                throw APIError(.unavailable, "the body has not come within \(patience)")
            }
        }
        return body
    }

    private func store(_ packed: ByteBuffer, _ version: RemoteWriteVersion) async throws
        -> Response
    {
        let message = try await WorkerThreads.short.run {
            try WriteRequest(packed: Array(packed.readableBytesView).span, version: version)
        }
        let outcome = await backend.write(message)
        if let failure = outcome.failure { throw APIError(.unavailable, failure) }
        var refusals = message.refusals
        refusals.add(outcome.refusals)
        metrics.note(storedCount: outcome.storedCount, refusals)
        let response =
            refusals.isEmpty
            ? Response(status: .noContent)
            : Response.plain("\(refusals.sentence)\n", status: .badRequest)
        return response.written(outcome.storedCount)
    }

    private static func status(of error: RemoteWriteError) -> HTTPResponse.Status {
        switch error.reason {
        case .unsupported: .unsupportedMediaType
        case .tooLarge: .contentTooLarge
        case .malformed: .badRequest
        }
    }
}

extension Response {
    /// The answer with what was stored; histograms and exemplars never are.
    fileprivate func written(_ sampleCount: Int) -> Response {
        var response = self
        response.headers[.samplesWritten] = "\(sampleCount)"
        response.headers[.histogramsWritten] = "0"
        response.headers[.exemplarsWritten] = "0"
        return response
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
