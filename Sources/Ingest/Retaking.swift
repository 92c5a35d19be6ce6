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
    /// The last frames of each box, for telling repeated ones.
    var frames: [String: RecentFrames] = [:]
    /// The series that samples of a box may wrongly stand in.
    var strays = StraySeries()

    /// Creates one that has not begun.
    ///
    /// - Parameter boxes: when the stretch of each box begins, by its address as messages name it.
    public init(_ boxes: [String: Instant]) {
        self.boxes = boxes
        if boxes.isEmpty { step = .done }
    }

    /// Whether all is stored, and on disk.
    public var isDone: Bool { step == .done }

    /// When the earliest stretch begins.
    var since: Instant { boxes.values.min() ?? .distantFuture }

    func isTaken(_ address: String, at arrival: Instant) -> Bool {
        boxes[address].map { $0 <= arrival } ?? false
    }

    /// Notes the frame of a message of a box; false when the stretch has it already.
    mutating func claims(_ frame: MessageSequence?, of address: String) -> Bool {
        guard let frame, boxes[address] != nil else { return true }
        return frames[address, default: RecentFrames()].insert(frame)
    }
}

/// What came of storing messages once more.
public struct RetakingReport: Hashable, Sendable {
    /// Messages that were stored again.
    public internal(set) var stored = 0
    /// Messages that wait for their codecs now, and are stored when these answer.
    public internal(set) var awaiting = 0
    /// Messages that cannot be read as it is known now, by `DecodingError.reason`; they are among
    /// the undecodable ones.
    public internal(set) var undecoded: [String: Int] = [:]
    /// Damaged places of the journal, behind each of which the rest of a segment was passed over.
    public internal(set) var damagedPlaces = 0
    /// When the journal's first message arrived, where that is later than the stretch begins: what
    /// was said before is left as it is.
    public internal(set) var heldSince: Instant?

    /// Creates an empty account.
    public init() {}
}
