internal import Alerting
internal import Foundation
internal import Logging

/// Carries notifications to webhooks, MQTT topics and the log.
struct NotificationSender: Sendable {
    /// Why a notification did not arrive.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Whether trying again is of no use.
        let isPermanent: Bool
        /// Whether somebody answered at all.
        var hasAnswer = false
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

    func send(_ notification: Alerting.Notification, to receiver: ReceiverSettings)
        async throws(Failure)
    {
        switch receiver.kind {
        case .log: logger.notice("alert: \(notification.logLine)")
        case .webhook(let url):
            try await WebClient.post(json(notification), to: url, timeout: timeout)
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

    private func publish(_ text: String, _ topic: String) async throws(Failure) {
        guard let publisher else {
            throw Failure(description: "there is no connection to publish on", isPermanent: false)
        }
        try await OwnThread.run { [timeout] () throws(Failure) in
            try publisher.publish(text, on: topic, within: timeout)
        }
    }
}
