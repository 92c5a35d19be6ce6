import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import TestKit
import Testing
import WebServer

/// Server-sent events over a real socket; the time is a test's own.
@Suite struct EventFeedTests {
    /// A reader of the stream that takes bytes only when asked.
    private struct Reader {
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

        init(port: Int) async throws {
            channel = try await LiveServer.connect(port)
        }

        /// Asks for the stream and hands its texts to a closure, then goes away.
        func listen(_ body: (inout Texts) async throws -> Void) async throws {
            try await channel.executeThenClose { inbound, outbound in
                let request = "GET /api/langso/v1/events HTTP/1.1\r\nhost: langso\r\n\r\n"
                try await outbound.write(ByteBuffer(string: request))
                var texts = Texts(iterator: inbound.makeAsyncIterator())
                try await body(&texts)
            }
        }
    }

    private struct Texts {
        var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        var seen = ""

        /// Reads on until a text has come, and fails when the stream ends before.
        mutating func expect(_ text: String) async throws {
            while !seen.contains(text) {
                guard let buffer = try await iterator.next(isolation: #isolation) else {
                    Issue.record("the stream ended before \(text)")
                    return
                }
                seen += String(buffer: buffer)
            }
        }
    }

    private func serve(
        _ backend: VillageBackend,
        clock: ManualClock = ManualClock(),
        _ body: (Int, ServiceGroup) async throws -> Void
    ) async throws {
        try await LiveServer.serve(backend, clock: clock, body)
    }

    @Test func `an event reaches a reader with its name and its data`() async throws {
        let backend = VillageBackend()
        try await serve(backend) { port, _ in
            try await Reader(port: port).listen { texts in
                await backend.waitForReaders(1)
                backend.send("alerts", json: #"{"name":"Nà Ếch"}"#)
                try await texts.expect("event: alerts\ndata: {\"name\":\"Nà Ếch\"}\n\n")
                let head = texts.seen.lowercased()
                #expect(head.hasPrefix("http/1.1 200 ok\r\n"))
                #expect(head.contains("content-type: text/event-stream; charset=utf-8\r\n"))
                #expect(head.contains("cache-control: no-store\r\n"))
                #expect(texts.seen.contains("retry: 3000\n\n"))
            }
        }
    }

    @Test func `a line break in the data stays inside the event`() async throws {
        let backend = VillageBackend()
        try await serve(backend) { port, _ in
            try await Reader(port: port).listen { texts in
                await backend.waitForReaders(1)
                backend.send("devices", json: "{\n}")
                try await texts.expect("event: devices\ndata: {\ndata: }\n\n")
            }
        }
    }

    @Test func `a quiet stream carries a comment every 15 seconds`() async throws {
        let (backend, clock) = (VillageBackend(), ManualClock())
        try await serve(backend, clock: clock) { port, _ in
            try await Reader(port: port).listen { texts in
                for _ in 1...2 {
                    await clock.waitForSleeper()
                    clock.advance(by: .seconds(14))
                    backend.send("overview")
                    try await texts.expect("event: overview")
                    #expect(!texts.seen.contains(": langso is here"))
                    clock.advance(by: .seconds(1))
                    try await texts.expect(": langso is here\n\n")
                    texts.seen = ""
                }
            }
        }
    }

    @Test func `a reader that goes away ends its stream`() async throws {
        let backend = VillageBackend()
        try await serve(backend) { port, _ in
            try await Reader(port: port).listen { _ in await backend.waitForReaders(1) }
            await backend.waitForReaders(0)
        }
    }

    @Test func `a reader that does not read delays nobody and is sent only the newest`()
        async throws
    {
        let backend = VillageBackend()
        // What the system's socket buffers take and more: 600 events of 32 KiB are 19 MiB.
        let padding = String(repeating: "x", count: 32_768)
        let last = 600
        try await serve(backend) { port, _ in
            try await Reader(port: port).listen { slow in
                await backend.waitForReaders(1)
                try await Reader(port: port).listen { quick in
                    await backend.waitForReaders(2)
                    for number in 1...last {
                        backend.send("overview", json: "\(number) \(padding)")
                        guard number % 5 == 0 else { continue }
                        try await quick.expect("data: \(number) ")
                        quick.seen = ""
                    }
                }
                var received = 0
                while !slow.seen.contains("data: \(last) ") {
                    slow.seen = String(slow.seen.suffix(40))
                    guard let buffer = try await slow.iterator.next(isolation: #isolation) else {
                        break
                    }
                    slow.seen += String(buffer: buffer)
                    received += buffer.readableBytes
                }
                #expect(slow.seen.contains("data: \(last) "))
                #expect(received < last * padding.count / 2)
            }
        }
    }

    @Test func `a server that stops ends its streams`() async throws {
        let backend = VillageBackend()
        try await serve(backend) { port, services in
            try await Reader(port: port).listen { texts in
                await backend.waitForReaders(1)
                await services.triggerGracefulShutdown()
                await backend.waitForReaders(0)
                while try await texts.iterator.next(isolation: #isolation) != nil {}
            }
        }
    }
}
