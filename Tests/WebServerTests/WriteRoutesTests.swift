import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import RemoteWrite
import Synchronization
import Telemetry
import Testing
import WebServer

/// How remote write is answered; what is in a message, RemoteWriteTests know.
@Suite struct WriteRoutesTests {
    /// One series `u` with the value 1 at 2 s; a snappy block of one literal.
    static let packed: [UInt8] =
        [31, 30 << 2, 0x0A, 0x1D]
        + [0x0A, 0x0D, 0x0A, 0x08] + Array("__name__".utf8) + [0x12, 0x01, 0x75]
        + [0x12, 0x0C, 0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 0xD0, 0x0F]

    private static let first: HTTPFields = [
        .contentType: "application/x-protobuf", .contentEncoding: "snappy",
    ]

    private func push(
        _ body: [UInt8] = packed,
        _ headers: HTTPFields = first,
        isOpen: Bool = true,
        _ outcome: (@Sendable (WriteRequest) -> WriteOutcome)? = nil
    ) async throws -> APIAnswer {
        var backend = MemoryBackend()
        backend.takesRemoteWrite = isOpen
        if let outcome { backend.outcome = outcome }
        let api = APIClient(backend: backend)
        return try await api.send(.post, "/api/v1/write", headers, ByteBuffer(bytes: body))
    }

    @Test func `what is stored is answered with 204 and how much it was`() async throws {
        let answer = try await push { request in
            #expect(request.series.map(\.labels) == [Labels(metric: "u", [:])])
            #expect(request.samples == [Sample(time: Instant(milliseconds: 2000), value: 1)])
            return WriteOutcome(storedCount: 1)
        }
        #expect(answer.status == 204)
        #expect(answer.body.isEmpty)
        let name = try #require(HTTPField.Name("X-Prometheus-Remote-Write-Samples-Written"))
        #expect(answer.headers[name] == "1")
    }

    @Test func `a gateway that is not open for it says how to open it`() async throws {
        let answer = try await push(isOpen: false)
        #expect(answer.status == 404)
        #expect(answer.text.contains("web.remote_write: true"))
    }

    @Test func `what can never be taken is refused with 400 and the reason`() async throws {
        let answer = try await push { _ in
            var refusals = WriteRefusals()
            refusals.add(.future, 1) { #"u at 2099-01-01"# }
            return WriteOutcome(storedCount: 0, refusals: refusals)
        }
        #expect(answer.status == 400)
        #expect(
            answer.text
                == "not taken: 1 samples of a sample of the future; set the sender's clock right, "
                + "as u at 2099-01-01\n"
        )
    }

    @Test func `what cannot be stored now is asked for again later`() async throws {
        let answer = try await push { _ in WriteOutcome(failure: "the journal takes nothing") }
        #expect(answer.status == 503)
        #expect(answer.headers[.retryAfter] == "5")
        #expect(answer.text == "the journal takes nothing\n")
    }

    @Test func `a body that is none is refused by its kind`() async throws {
        #expect(try await push([1, 2, 3]).status == 400)
        var other = Self.first
        other[.contentType] = "application/x-protobuf;proto=io.prometheus.write.v3.Request"
        let unknown = try await push(Self.packed, other)
        #expect(unknown.status == 415)
        #expect(unknown.text.contains("io.prometheus.write.v2.Request"))
        let large = [UInt8](repeating: 0, count: WriteRequest.maximumPackedBytes + 1)
        let refused = try await push(large)
        #expect(refused.status == 413)
        #expect(refused.text.contains("max_samples_per_send"))
    }

    @Test func `pushes wait for each other, and those for which there is no room come again`()
        async throws
    {
        let gate = Gate()
        var backend = MemoryBackend()
        backend.takesRemoteWrite = true
        backend.delay = { await gate.pass() }
        // One router: places belong to it.
        let router = WebApplication.router(backend, pagesFolder: "/nowhere")
        let count = 40
        var headers = Self.first
        headers[.contentLength] = "\(Self.packed.count)"
        let sized = headers
        let statuses = try await Application(router: router).test(.router) { client in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<count {
                    group.addTask {
                        try await client.execute(
                            uri: "/api/v1/write",
                            method: .post,
                            headers: sized,
                            body: ByteBuffer(bytes: Self.packed)
                        ).status.code
                    }
                }
                // Two are stored at a time, thirty wait; the others are answered at once.
                var statuses: [Int] = []
                for _ in 0..<(count - 32) { statuses.append(try #require(try await group.next())) }
                #expect(statuses.allSatisfy { $0 == 503 }, "\(statuses)")
                #expect(gate.waitingCount <= 2)
                gate.open()
                for try await status in group { statuses.append(status) }
                return statuses
            }
        }
        #expect(statuses.filter { $0 == 204 }.count == 32, "\(statuses)")
    }
}

/// Lets nobody through until it is opened.
private final class Gate: Sendable {
    private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
