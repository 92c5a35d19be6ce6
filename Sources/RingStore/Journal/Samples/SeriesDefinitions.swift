/// Which series the records of a journal name in which segment, for the one who writes it.
///
/// A definition may be missing from a record only when it lies before the record in the same
/// segment. Marks are made when a record is added to a batch, before it is committed: therefore one
/// batch at a time may hold such records, and what becomes of it is watched. Everything that puts
/// the order in doubt makes all marks go, which costs nothing but definitions that were not needed.
struct SeriesDefinitions {
    /// By number, one more than the segment that defines the series; 0 where none does.
    private var segments: [UInt64] = []
    /// The claim of the batch whose records are not committed yet.
    private var pending: BatchClaim?

    /// Notes that records are added to a batch.
    ///
    /// - Precondition: the batch is new, was emptied, or is the last one that this was called with
    ///   and not committed since.
    mutating func begin(_ batch: RecordBatch) {
        if let claim = batch.claim {
            precondition(
                claim === pending,
                "samples are added to a batch that was committed, or that another batch followed"
            )
            return
        }
        if pending != nil { forget() }
        let claim = BatchClaim()
        batch.claim = claim
        pending = claim
    }

    /// Checks that a batch can be committed now.
    ///
    /// - Precondition: it holds no samples, or is the last one that samples were added to.
    func requireIsNext(_ batch: RecordBatch) {
        precondition(
            batch.claim == nil || batch.claim === pending,
            "a batch with samples is committed twice, or after a batch that followed it"
        )
    }

    /// Notes that a batch has been committed.
    mutating func committed(_ batch: RecordBatch) {
        // Records of the pending batch were to lie where those of another one lie now.
        if batch.claim == nil, pending != nil { forget() }
        pending = nil
    }

    /// Has every series defined again.
    mutating func forget() {
        segments.removeAll(keepingCapacity: true)
    }

    /// Whether a segment defines a series.
    @inline(__always)
    func isDefined(_ series: UInt32, in segment: UInt64) -> Bool {
        let index = Int(series)
        return index < segments.count && segments[index] == segment + 1
    }

    /// Notes that a segment defines a series.
    ///
    /// - Precondition: the number is below `StoreSettings.maximumSeriesLimit`.
    mutating func define(_ series: UInt32, in segment: UInt64) {
        let index = Int(series)
        if index >= segments.count { grow(toHold: index) }
        segments[index] = segment + 1
    }

    private mutating func grow(toHold index: Int) {
        precondition(
            index < StoreSettings.maximumSeriesLimit,
            "the number of a series is not below \(StoreSettings.maximumSeriesLimit)"
        )
        // Numbers come in rising order as a rule: grow by more than one.
        let count = min(max(index + 1, 2 * segments.count), StoreSettings.maximumSeriesLimit)
        segments.append(contentsOf: repeatElement(0, count: count - segments.count))
    }
}

/// Tells a batch apart from all others, and from itself after it was emptied.
final class BatchClaim: Sendable {}
