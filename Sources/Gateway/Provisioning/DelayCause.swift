internal import Ingest
internal import Registry
internal import RingStore

/// Why something is left for the next start, as pages say it in the reader's language.
///
/// The log has the error itself. Raw values are stable.
enum DelayCause: String, CaseIterable, Sendable {
    /// The journal cannot be read.
    case journal
    /// The store, or a file beside it, cannot be written.
    case store
    /// The registry cannot be read or written.
    case registry
    /// The gateway is stopping.
    case stopping
    /// Anything else.
    case other

    /// The cause of an error.
    init(_ error: any Error) {
        self =
            switch error {
            case is JournalError, IngestError.journal: .journal
            case is IngestError, is StoreError: .store
            case is RegistryError: .registry
            case GatewayError.stopping: .stopping
            default: .other
            }
    }

    /// The cause in English, and what to do.
    var words: String {
        switch self {
        case .journal: "the journal cannot be read; see the log of the gateway and check the disk"
        case .store:
            "the store cannot be written; see the log of the gateway and check the room on the disk"
        case .registry:
            "the registry cannot be used; see the log of the gateway and check the disk"
        case .stopping: "the gateway is stopping"
        case .other: "an error that the log of the gateway tells"
        }
    }
}
