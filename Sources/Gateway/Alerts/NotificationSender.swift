internal import Alerting
internal import AsyncHTTPClient
internal import Foundation
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// Carries notifications to webhooks, MQTT topics and the log.
struct NotificationSender: Sendable {
    /// Why a notification did not arrive.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Whether trying again is of no use.
        let isPermanent: Bool
    }

    /// Publishes to the gateway's own broker; nil when no receiver needs it.
    let publisher: TopicPublisher?
    let logger: Logger
    /// Longest wait for a receiver.
    let timeout: Duration

    init(publisher: TopicPublisher?, logger: Logger, timeout: Duration = .seconds(10)) {
        self.publisher = publisher
        self.logger = logger
        self.timeout = timeout
    }

    /// Most bytes of an answer that are read: enough for a reason in a log.
    static let maximumAnswerBytes = 4096

    func send(_ notification: Alerting.Notification, to receiver: ReceiverSettings)
        async throws(Failure)
    {
        switch receiver.kind {
        case .log: logger.notice("alert: \(notification.logLine)")
        case .webhook(let url): try await post(json(notification), to: url)
        case .mqtt(let prefix):
            try await publish(json(notification), notification.topic(prefix: prefix))
        }
    }

    private func json(_ notification: Alerting.Notification) throws(Failure) -> String {
        do {
            return try notification.json()
        } catch {
            throw Failure(description: "cannot write it as JSON: \(error)", isPermanent: true)
        }
    }

    private func post(_ text: String, to url: String) async throws(Failure) {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "langso")
        request.body = .bytes(ByteBuffer(string: text))
        let status: UInt
        let answer: String
        do {
            let response = try await WebClient.shared.execute(
                request,
                timeout: TimeAmount(timeout)
            )
            status = response.status.code
            answer =
                status < 300
                ? ""
                : String(buffer: try await response.body.collect(upTo: Self.maximumAnswerBytes))
        } catch {
            throw Failure(
                description: "cannot post to \(url): \(WebClient.reason(error))",
                isPermanent: false
            )
        }
        guard status >= 300 else { return }
        throw Failure(
            description: "\(url) answered \(status): \(answer.prefix(200))",
            // 408 and 429 ask for another try; other 4xx say that the message itself is refused.
            isPermanent: (400..<500).contains(status) && status != 408 && status != 429
        )
    }

    private func publish(_ text: String, _ topic: String) async throws(Failure) {
        guard let publisher else {
            throw Failure(description: "there is no connection to publish on", isPermanent: false)
        }
        try await OwnThread.run { [timeout] () throws(Failure) in
            try publisher.publish(text, on: topic, within: timeout)
        }
    }
}
