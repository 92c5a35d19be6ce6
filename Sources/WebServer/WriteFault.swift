internal import HTTPTypes
internal import Telemetry

/// Why a request that writes is not even looked at; raw values are stable.
public enum WriteFault: String, CaseIterable, Sendable {
    /// The settings do not open it; values: what is asked for, the command that does it.
    case closed = "write_closed"
    /// It comes from the page of another site; value: what it wants.
    case otherSite = "write_other_site"
    /// It is not said to be JSON; value: what it wants.
    case notJSON = "write_not_json"
    /// It is too long; values: what it wants, most bytes.
    case tooLarge = "write_too_large"
    /// It is no object with all members; values: what it wants, the members.
    case noObject = "write_no_object"

    /// The sentence in English, `{0}` standing for the first value.
    public var template: String {
        switch self {
        case .closed:
            "this gateway lets nobody {0} devices over HTTP; set web.adoption: true in its "
                + "settings to open it, or use {1} --config"
        case .otherSite:
            "cannot {0} for the page of another site; name it in web.allowed_origins to allow it"
        case .notJSON: "cannot {0}: the request must be application/json"
        case .tooLarge: "cannot {0}: the request has more than {1} bytes"
        case .noObject: "cannot {0}: the request is no JSON object with {1}"
        }
    }

    private var status: HTTPResponse.Status {
        switch self {
        case .closed, .otherSite: .forbidden
        case .notJSON: .unsupportedMediaType
        case .tooLarge: .contentTooLarge
        case .noObject: .badRequest
        }
    }

    /// The answer that says it, in English and with its code.
    func error(_ values: String...) -> APIError {
        let words = template.filled(with: values)
        let note = NoteView(code: rawValue, values: values, words: words)
        return APIError(.badData, words, status: status, faults: [note])
    }
}
