internal import RingStore

extension StoreError {
    /// Why a series was refused, as a word to count by.
    var refusalReason: String {
        switch self {
        case .tooManySeries: "too_many_series"
        case .catalogueFull: "labels_full"
        case .labelsTooLong: "labels_too_long"
        case .invalidLabels: "invalid_labels"
        default: "other"
        }
    }
}
