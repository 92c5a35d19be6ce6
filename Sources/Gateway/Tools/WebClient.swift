internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The client for everything that is asked over HTTP: webhooks, and a gateway by `langso query`.
enum WebClient {
    /// One for the process; it is never shut down.
    static let shared: HTTPClient = {
        var settings = HTTPClient.Configuration()
        settings.timeout.connect = .seconds(5)
        // Whoever asks tries again in its own time, or wants to hear at once that nobody listens.
        settings.connectionPool.retryConnectionEstablishment = false
        settings.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }()

    /// Most bytes of an answer that are read: enough for a reason in a log.
    static let maximumAnswerBytes = 4096

    /// Posts JSON to somebody who hears of alerts.
    ///
    /// - Throws: `NotificationSender.Failure` when it does not arrive or is refused.
    static func post(
        _ json: String,
        to url: String,
        timeout: Duration
    ) async throws(NotificationSender.Failure) {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "langso")
        request.body = .bytes(ByteBuffer(string: json))
        let status: UInt
        let answer: String
        do {
            let response = try await shared.execute(request, timeout: TimeAmount(timeout))
            status = response.status.code
            answer = status < 300 ? "" : await beginning(of: response.body)
        } catch {
            throw NotificationSender.Failure(
                description: "cannot post to \(url): \(reason(error))",
                isPermanent: false
            )
        }
        guard status >= 300 else { return }
        throw NotificationSender.Failure(
            description: "\(url) answered \(status): \(answer.prefix(200))",
            // 408 and 429 ask for another try; other 4xx say that the message itself is refused.
            isPermanent: (400..<500).contains(status) && status != 408 && status != 429,
            hasAnswer: true
        )
    }

    /// As much of an answer as a reason in a log takes; the status says what it means.
    private static func beginning(of body: HTTPClientResponse.Body) async -> String {
        var text = ByteBuffer()
        do {
            for try await part in body {
                let room = maximumAnswerBytes - text.readableBytes
                text.writeBytes(part.readableBytesView.prefix(room))
                if text.readableBytes >= maximumAnswerBytes { break }
            }
        } catch {
            return String(buffer: text) + " (\(reason(error)))"
        }
        return String(buffer: text)
    }

    /// Why a request failed, in words.
    static func reason(_ error: any Error) -> String {
        if let known = error as? HTTPClientError { return reason(known) }
        return switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) }
                ?? "no host has the name \(error.host)"
        case let error as IOError where error.errnoCode == ECONNREFUSED: "nobody listens there"
        default: "\(error)"
        }
    }

    private static func reason(_ error: HTTPClientError) -> String {
        switch error {
        case .deadlineExceeded, .readTimeout: "no answer in time"
        case .connectTimeout: "no connection in time"
        case .invalidURL, .emptyHost, .emptyScheme: "it is no address like http://host:port"
        default: "\(error)"
        }
    }
}
