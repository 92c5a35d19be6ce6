internal import Foundation
internal import Hummingbird
internal import ServiceLifecycle

/// Server-sent events to one reader.
///
/// An event is `event: name`, `data: JSON`, an empty line; a line that begins with a colon is a
/// comment, which browsers pass over. One goes out every 15 s, so that proxies do not close a quiet
/// stream and a reader that has gone is noticed.
///
/// - Source: WHATWG HTML, 9.2 Server-sent events.
struct EventFeed<Time: Clock>: Sendable where Time.Duration == Duration {
    let clock: Time

    /// How many events wait for a slow reader at most; older ones give way.
    ///
    /// An event says only that a page should look again, so the newest are the ones that matter.
    static var mostWaiting: Int { 64 }
    /// Below the 60 s after which common proxies close a silent connection.
    static var heartbeatInterval: Duration { .seconds(15) }

    /// Creates the answer; the stream is asked for when the body begins and ends with the reader.
    func response(
        to request: Request,
        from open: @escaping @Sendable () -> AsyncStream<GatewayEvent>
    ) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                let (texts, waiting) = AsyncStream.makeStream(
                    of: String.self,
                    bufferingPolicy: .bufferingNewest(Self.mostWaiting)
                )
                try await request.body.consumeWithInboundCloseHandler { _ in
                    try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { await pump(open(), into: waiting) }
                        group.addTask { try await beat(into: waiting) }
                        for await text in texts.cancelOnGracefulShutdown() {
                            try await writer.write(ByteBuffer(string: text))
                        }
                        group.cancelAll()
                        // The heart ends with a cancellation, which is no failure.
                        while await group.nextResult() != nil {}
                    }
                    try await writer.finish(nil)
                } onInboundClosed: {
                    waiting.finish()
                }
            }
        )
    }

    private func pump(
        _ events: AsyncStream<GatewayEvent>,
        into waiting: AsyncStream<String>.Continuation
    ) async {
        for await event in events {
            let data = event.json.replacing("\n", with: "\ndata: ")
            waiting.yield("event: \(event.name)\ndata: \(data)\n\n")
        }
        waiting.finish()
    }

    private func beat(into waiting: AsyncStream<String>.Continuation) async throws {
        while true {
            try await clock.sleep(for: Self.heartbeatInterval)
            waiting.yield(": langso is here\n\n")
        }
    }
}
