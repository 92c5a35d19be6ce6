public import HTTPTypes
public import Hummingbird
internal import PromQL

/// An error answer of the Prometheus API, with its kind and its status code.
///
/// - Source: Prometheus `web/api/v1/api.go`, errorType.
public struct APIError: Error, Sendable, HTTPResponseError {
    /// The kinds of error; their texts are part of the API.
    public enum Kind: String, Sendable {
        /// A parameter is missing or wrong.
        case badData = "bad_data"
        /// The evaluation failed.
        case execution
        /// The query took too long.
        case timeout
        /// The client went or the queue gave the query up.
        case canceled
        /// The storage failed.
        case `internal`
        /// The gateway is still recovering.
        case unavailable
        /// There is no such thing.
        case notFound = "not_found"
    }

    /// The kind.
    public let kind: Kind
    /// What went wrong and what to do.
    public let message: String
    /// The HTTP status code.
    public let status: HTTPResponse.Status
    /// The same as codes, so that pages say it in their language; empty where there are none.
    public let faults: [NoteView]

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - kind: of which kind it is.
    ///   - message: what went wrong and what to do.
    ///   - status: the HTTP status code, where it is not that of the kind.
    ///   - faults: the same as codes.
    public init(
        _ kind: Kind,
        _ message: String,
        status: HTTPResponse.Status? = nil,
        faults: [NoteView] = []
    ) {
        self.kind = kind
        self.message = message
        self.status = status ?? kind.status
        self.faults = faults
    }

    /// Creates the answer to a parameter that cannot be taken, in Prometheus' words.
    static func invalid(_ parameter: String, _ reason: String) -> APIError {
        APIError(.badData, "invalid parameter \"\(parameter)\": \(reason)")
    }

    /// Creates the answer to a query that failed.
    ///
    /// - Parameters:
    ///   - error: why it failed.
    ///   - parameter: named where its text cannot be read; nil where Prometheus does not name it.
    init(_ error: QueryError, parameter: String?) {
        switch error.kind {
        case .parse:
            self = parameter.map { .invalid($0, "\(error)") } ?? APIError(.badData, "\(error)")
        case .timeout: self.init(.timeout, "\(error)")
        case .canceled: self.init(.canceled, "\(error)")
        case .storage: self.init(.internal, "\(error)")
        case .execution, .limit: self.init(.execution, "\(error)")
        }
    }

    /// The error in Prometheus' envelope.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var json = JSONText()
        json.object { json in
            json.member("status", "error")
            json.member("errorType", kind.rawValue)
            json.member("error", message)
            if !faults.isEmpty { json.member("faults", faults) }
        }
        return Response(json, status: status)
    }
}

extension APIError.Kind {
    /// The usual HTTP status code of the kind.
    var status: HTTPResponse.Status {
        switch self {
        case .badData: .badRequest
        case .execution: .unprocessableContent
        case .timeout, .unavailable: .serviceUnavailable
        case .canceled: HTTPResponse.Status(code: 499)
        case .internal: .internalServerError
        case .notFound: .notFound
        }
    }
}

extension JSONText {
    fileprivate mutating func member(_ name: String, _ notes: [NoteView]) {
        self.name(name)
        array { json in
            for note in notes {
                json.object { json in
                    json.member("code", note.code)
                    json.name("values")
                    json.array { json in for value in note.values { json.text(value) } }
                    json.member("words", note.words)
                }
            }
        }
    }
}
