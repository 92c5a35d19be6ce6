internal import RingStore
internal import Telemetry

/// What the storing of messages once more has put into series, as far as it has to be remembered.
///
/// A box that a codec reads leaves the series of a place where it was not when its codec answers,
/// which may be after the box that was there has been stored again; so does one whose messages can
/// be decoded only later. A sample of the latter with the same time is right, and stays. It is kept
/// over a start in ``RetakenFile``.
struct RetakenSamples: Sendable {
    private struct Key: Hashable {
        let series: SeriesID
        let time: Instant
    }

    /// Most samples that are remembered, some 4 MB; above it a sample of the same millisecond may
    /// give way.
    static let capacity = 1 << 17

    /// Whether a retaking has begun and is not at its end.
    var isUnderWay = false
    /// Whether messages are stored again now.
    var isStoring = false
    /// Whether what is stored is of a box that a change moved.
    var isOfChange = true
    /// The box whose messages are stored after their retaking was done, as their codec answered or
    /// they can be decoded now; nil during one.
    var lateBox: String?
    /// Whether samples are taken away by a new change: what an earlier one stored is right no more.
    var isClearing = false
    private var right: Set<Key> = []
    /// Is another one whenever other samples are right.
    private(set) var version = 0
    /// Samples before the time from which on the store can be changed.
    private(set) var tooOld = RetakingReport.TooOld()

    /// The same found after the retaking was done, by the box of each; no more than boxes that
    /// changes moved.
    private var late: [String: RetakingReport.TooOld] = [:]

    /// Takes what was found of some boxes after their retaking was done.
    mutating func takeLate(of boxes: Set<String>) -> RetakingReport.TooOld {
        var taken = RetakingReport.TooOld()
        for box in boxes {
            if let found = late.removeValue(forKey: box) { taken.add(found) }
        }
        return taken
    }

    /// Notes what became of a sample.
    mutating func note(_ series: SeriesID, _ time: Instant, _ outcome: AppendOutcome) {
        guard isStoring else { return }
        if outcome == .tooOld {
            if let lateBox {
                late[lateBox, default: .init()].add(time)
            } else if isOfChange {
                tooOld.add(time)
            }
            return
        }
        insert(Key(series: series, time: time))
    }

    /// Begins with another change.
    mutating func begin(keepsRight: Bool) {
        isUnderWay = true
        tooOld = RetakingReport.TooOld()
        if !keepsRight { letGo() }
    }

    /// Forgets which samples are right.
    mutating func letGo() {
        guard !right.isEmpty else { return }
        right.removeAll()
        version += 1
    }

    /// Whether the sample of a time was stored again, so that it is right and stays.
    mutating func protects(_ series: SeriesID, at time: Instant) -> Bool {
        let key = Key(series: series, time: time)
        if isClearing {
            if right.remove(key) != nil { version += 1 }
            return false
        }
        return right.contains(key)
    }

    /// The times of the right samples of each series, rising.
    var times: [SeriesID: [Instant]] {
        Dictionary(grouping: right, by: \.series).mapValues { $0.map(\.time).sorted() }
    }

    /// Has samples known again that were right before a start.
    mutating func restore(_ series: SeriesID, _ times: [Instant]) {
        for time in times { insert(Key(series: series, time: time)) }
    }

    private mutating func insert(_ key: Key) {
        guard right.count < Self.capacity, right.insert(key).inserted else { return }
        version += 1
    }
}
