internal import RingStore
internal import Telemetry

/// What the storing of messages once more has put into series, as far as it has to be remembered.
///
/// A box that a codec reads leaves the series of a place where it was not when its codec answers,
/// which may be after the box that was there has been stored again; so does one whose messages can
/// be decoded only later. A sample of another box with the same time is right, and stays. It is
/// kept over a start in ``RetakenFile``.
struct RetakenSamples: Sendable {
    private struct Key: Hashable {
        let series: SeriesID
        let time: Instant
    }

    /// Whose samples are stored.
    enum Storing {
        /// Those of a box that a change moved, by its retaking.
        case moved
        /// Those of such a box after its retaking was done, as its codec answered or they can be
        /// decoded now.
        case movedLate
        /// Those of any other box.
        case others
    }

    /// Most samples that are remembered, some 8 MB; above it a sample of the same millisecond may
    /// give way.
    static let capacity = 1 << 17

    /// Whether a retaking has begun, and neither failed nor is at its end.
    var isUnderWay = false
    /// Whose samples are stored now; nil while none are noted.
    var storing: Storing?
    /// The address of the box whose samples are stored now.
    var box = ""
    /// Whether samples are taken away by a new change: what an earlier one stored is right no more.
    var isClearing = false
    /// The box of each right sample.
    private var right: [Key: String] = [:]
    /// When the last message arrived that may turn out to stand where its box was not: samples of
    /// others from later on are in nobody's way.
    private(set) var reach = Instant.distantPast
    /// Is another one whenever other samples are right, or ``reach`` is another one.
    private(set) var version = 0
    /// Samples before the time from which on the store can be changed.
    private(set) var tooOld = RetakingReport.TooOld()

    /// Most boxes of which ``late`` tells.
    static let lateCapacity = 10_000
    /// The same found after the retaking was done, by the box of each.
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
        guard let storing else { return }
        if outcome == .tooOld {
            switch storing {
            case .moved: tooOld.add(time)
            case .movedLate:
                guard late[box] != nil || late.count < Self.lateCapacity else { return }
                late[box, default: .init()].add(time)
            case .others: break
            }
            return
        }
        guard storing != .others || isUnderWay || time <= reach else { return }
        insert(Key(series: series, time: time), of: box)
    }

    /// Notes a message that may turn out to stand where its box was not.
    mutating func noteWrong(arrivedAt arrival: Instant) {
        guard arrival > reach else { return }
        reach = arrival
        version += 1
    }

    /// Begins with another change, of some boxes.
    mutating func begin(of boxes: Set<String>, keepsRight: Bool) {
        _ = takeLate(of: boxes)
        tooOld = RetakingReport.TooOld()
        if !keepsRight { letGo() }
    }

    /// Forgets which samples are right.
    mutating func letGo() {
        guard !right.isEmpty || reach > .distantPast else { return }
        right.removeAll()
        reach = .distantPast
        version += 1
    }

    /// Whether the sample of a time is one of another box that was stored again, so that it is
    /// right and stays.
    mutating func protects(_ series: SeriesID, at time: Instant, from box: String) -> Bool {
        let key = Key(series: series, time: time)
        guard let owner = right[key] else { return false }
        guard isClearing || owner == box else { return true }
        right[key] = nil
        version += 1
        return false
    }

    /// The times of the right samples, rising, by series and box.
    var times: [SeriesID: [String: [Instant]]] {
        var times: [SeriesID: [String: [Instant]]] = [:]
        for (key, box) in right {
            times[key.series, default: [:]][box, default: []].append(key.time)
        }
        return times.mapValues { $0.mapValues { $0.sorted() } }
    }

    /// Has samples of a box known again that were right before a start.
    mutating func restore(_ series: SeriesID, _ times: [Instant], of box: String) {
        for time in times { insert(Key(series: series, time: time), of: box) }
    }

    private mutating func insert(_ key: Key, of box: String) {
        let owner = right[key]
        guard owner != box, owner != nil || right.count < Self.capacity else { return }
        right[key] = box
        version += 1
    }
}
