internal import Decoding
public import Telemetry

/// The storing of what some boxes said once more, because it became known that it meant something
/// else; worked off in slices by `IngestPipeline.retake`, between which messages are taken.
///
/// The journal's stretch is gone through twice: first what the boxes said leaves the series of
/// places where they were not, then all of it is stored where it belongs. So a sample that one box
/// put where another has one of the same time is there in the end.
public struct Retaking: Sendable {
    /// How far it is.
    enum Step: Hashable {
        case waiting
        case clearing
        case storing
        case done
    }

    /// When the stretch of each box begins, by its address: messages that arrived before stay as
    /// they are.
    public let boxes: [String: Instant]
    /// The boxes whose messages are stored again, beside those also who stood at the places that
    /// those leave: of two samples of one time the right one comes back.
    private(set) var stored: [String: Instant]
    /// What has come of it so far.
    public internal(set) var report = RetakingReport()
    var step = Step.waiting
    /// Where the stretch begins in the journal, where the next slice does, and where it ends.
    var first: UInt64 = 0
    var next: UInt64 = 0
    var end: UInt64 = 0
    /// When the first record of the stretch arrived.
    var began = Instant.distantPast
    var memory: ReplayMemory?
    /// Messages of the slice that an earlier taking made undecodable ones, and that are no more.
    var readable: Set<UInt64> = []
    /// The last frames of each box, for telling repeated ones.
    var frames: [String: RecentFrames] = [:]
    /// The series that samples of a box may wrongly stand in.
    var strays = StraySeries()

    /// Creates one that has not begun.
    ///
    /// - Parameter boxes: when the stretch of each box begins, by its address as messages name it.
    public init(_ boxes: [String: Instant]) {
        self.boxes = boxes
        stored = boxes
        if boxes.isEmpty { step = .done }
    }

    /// Whether all is stored, and on disk.
    public var isDone: Bool { step == .done }

    /// How much of it is done, 0 to 1, by its way through the journal.
    public var progress: Double {
        let share = end > first ? Double(next - first) / Double(end - first) : 0
        return switch step {
        case .waiting: 0
        case .clearing: min(share, 1) / 2
        case .storing: 0.5 + min(share, 1) / 2
        case .done: 1
        }
    }

    /// When the earliest stretch begins.
    var since: Instant { stored.values.min() ?? .distantFuture }

    /// Adds boxes whose messages are stored again and leave no series.
    mutating func store(_ others: [String: Instant]) {
        stored.merge(others, uniquingKeysWith: min)
    }

    /// Whether the step that is on takes what a box said.
    func isTaken(_ address: String, at arrival: Instant) -> Bool {
        (step == .storing ? stored : boxes)[address].map { $0 <= arrival } ?? false
    }

    /// Whether what a box said leaves the series of places where it was not.
    func isCleared(_ address: String, at arrival: Instant) -> Bool {
        boxes[address].map { $0 <= arrival } ?? false
    }

    /// Notes the frame of a message of a box; false when the stretch has it already.
    mutating func claims(_ frame: MessageSequence?, of address: String) -> Bool {
        guard let frame, stored[address] != nil else { return true }
        return frames[address, default: RecentFrames()].insert(frame)
    }
}

/// What came of storing messages once more.
public struct RetakingReport: Hashable, Sendable {
    /// Messages that were stored again.
    public internal(set) var stored = 0
    /// Messages that were stored again or wait for their codecs, by the address of each box that a
    /// change moved.
    public internal(set) var counts: [String: Int] = [:]
    /// Messages that wait for their codecs now, and are stored when these answer.
    public internal(set) var awaiting = 0
    /// Messages that cannot be read as it is known now, by `DecodingError.reason`; they are among
    /// the undecodable ones.
    public internal(set) var undecoded: [String: Int] = [:]
    /// Damaged places of the journal, behind each of which the rest of a segment was passed over.
    public internal(set) var damagedPlaces = 0
    /// Samples that are older than what the store still holds singly: they stay as they are.
    public internal(set) var tooOld = TooOld()
    /// When the journal's first message arrived, where that is later than the stretch begins: what
    /// was said before is left as it is.
    public internal(set) var heldSince: Instant?

    /// Creates an empty account.
    public init() {}

    /// Messages that were stored again or wait for their codecs.
    public var count: Int { stored + awaiting }

    /// How many of these are of some boxes; one that speaks of several counts for each.
    public func count(of boxes: Set<String>) -> Int {
        boxes.reduce(0) { $0 + (counts[$1] ?? 0) }
    }

    /// Adds what became known after it was done.
    public mutating func add(_ late: TooOld) { tooOld.add(late) }

    /// Samples that cannot be changed any more.
    public struct TooOld: Hashable, Sendable {
        /// How many there are.
        public private(set) var count = 0
        /// Times of measurement of the first and the last; nil without any.
        public private(set) var times: ClosedRange<Instant>?

        mutating func add(_ time: Instant) {
            count += 1
            times = min(times?.lowerBound ?? time, time)...max(times?.upperBound ?? time, time)
        }

        mutating func add(_ other: Self) {
            guard let span = other.times else { return }
            count += other.count
            times =
                min(
                    times?.lowerBound ?? span.lowerBound,
                    span.lowerBound
                )...max(times?.upperBound ?? span.upperBound, span.upperBound)
        }
    }
}
