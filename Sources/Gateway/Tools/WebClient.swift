internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
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
