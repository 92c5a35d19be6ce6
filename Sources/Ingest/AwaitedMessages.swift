internal import Decoding
internal import Telemetry

/// The messages that wait for what a codec says of them.
///
/// Their bytes are in the journal; which they are is written with each checkpoint, see
/// ``AwaitedFile``. Each codec has a lane of its own with its own room, so that one that is slow or
/// not run takes nothing from the others. The oldest of a lane are in memory and were given to the
/// codec, the others are put aside and read again when there is room.
struct AwaitedMessages {
    /// What the waiting is bounded by.
    struct Limits {
        /// Most messages in memory, those of all codecs together: 4 MB of them.
        var memory = 8192
        /// Most messages of one codec in memory: as many as the supervisor lets wait.
        var memoryPerCodec = 1000
        /// Most positions of messages that wait, those of all codecs together: 8 MB.
        var waiting = 1_000_000
        /// Most messages of one codec that wait: 20 days of 200 meters that speak each hour.
        var waitingPerCodec = 100_000
        /// Messages that came to wait since the last checkpoint after which the next one is due:
        /// a start asks no more a second time.
        var askedPerCheckpoint = 100_000
        /// Most messages whose codec's last words are remembered.
        var words = 1000
    }

    /// A message in memory.
    struct Message {
        let topic: [UInt8]
        let payload: [UInt8]
        let receivedAt: Instant
        let flags: MessageFlags
        let request: CodecRequest
    }

    /// Where what a codec said of a message before stands.
    enum Stored {
        /// Where its box was.
        case rightly
        /// Maybe where its box was not.
        case wrongly
    }

    /// The messages of one codec.
    private struct Lane {
        /// Those that are not in memory.
        var aside = RisingPositions()
        var inMemoryCount = 0

        var count: Int { aside.count + inMemoryCount }
    }

    var limits = Limits()
    /// How many codecs share the room.
    private let codecCount: Int
    /// By the profile whose codec it is.
    private var lanes: [String: Lane] = [:]
    /// Those in memory, by their positions in the journal.
    private var messages: [UInt64: Message] = [:]
    /// Those that were not given to codecs yet.
    private var outgoing: [UInt64] = []
    /// Those from before the last checkpoint whose samples the next one holds, with their codecs.
    private var answered: [UInt64: String] = [:]
    /// How many came to wait since the last checkpoint.
    private var askedCount = 0
    /// Those that are stored already, maybe in the wrong place, and are asked once more, with the
    /// addresses of their boxes; empty ones where a start took them from the file.
    private var again: [UInt64: String] = [:]
    /// Those that are asked once more though they stand in the right place: another change may have
    /// them in the wrong one.
    private var repeated: Set<UInt64> = []
    /// Those of either kind that were answered since the last checkpoint.
    private var answeredAgain: Set<UInt64> = []
    private var answeredRepeated: Set<UInt64> = []
    /// What was said of messages that failed.
    private var words: [UInt64: String] = [:]
    private var wordOrder: [UInt64] = []

    /// Creates an empty list for so many codecs.
    init(codecCount: Int) { self.codecCount = max(1, codecCount) }

    // MARK: Room

    /// Most messages of one codec that wait.
    private var room: Int { min(limits.waitingPerCodec, max(1, limits.waiting / codecCount)) }

    /// Most messages of one codec in memory.
    private var memoryRoom: Int { min(limits.memoryPerCodec, max(1, limits.memory / codecCount)) }

    /// Whether no further message of a codec can wait.
    func isFull(_ codec: String) -> Bool { lanes[codec]?.count ?? 0 >= room }

    /// Whether a start would have to ask so much again that a checkpoint is due.
    var isCheckpointDue: Bool { askedCount >= limits.askedPerCheckpoint }

    /// How many messages wait, and how many of them are not in memory.
    var counts: (all: Int, aside: Int) {
        let aside = lanes.values.reduce(0) { $0 + $1.aside.count }
        return (messages.count + aside, aside)
    }

    /// How many messages of each codec are not in memory; codecs without any are absent.
    var aside: [String: Int] { lanes.mapValues(\.aside.count).filter { $0.value > 0 } }

    // MARK: Messages

    /// Whether a message waits, in memory or not.
    func contains(_ position: UInt64) -> Bool {
        messages[position] != nil || lanes.values.contains { $0.aside.contains(position) }
    }

    /// Has a message wait; in memory where there is room, and none of its codec was put aside.
    ///
    /// One that waits already goes on waiting.
    ///
    /// - Parameters:
    ///   - position: where it lies in the journal.
    ///   - message: its bytes and what its codec is to be asked.
    ///   - isTakenUp: whether it had been put aside, and its turn has come.
    ///   - stored: where what its codec said before stands; nil where nothing does.
    mutating func add(
        _ position: UInt64,
        _ message: Message,
        isTakenUp: Bool = false,
        stored: Stored? = nil
    ) {
        guard !contains(position) else {
            guard stored == .wrongly else { return }
            if repeated.remove(position) != nil || again[position] != nil {
                again[position] = message.request.deviceAddress
            }
            return
        }
        switch stored {
        case .wrongly: again[position] = message.request.deviceAddress
        case .rightly: repeated.insert(position)
        case nil: break
        }
        if !isTakenUp { askedCount += 1 }
        let codec = message.request.profileID
        var lane = lanes[codec] ?? Lane()
        let hasTurn = isTakenUp || lane.aside.count == 0
        if hasTurn, lane.inMemoryCount < memoryRoom {
            lane.inMemoryCount += 1
            messages[position] = message
            outgoing.append(position)
        } else {
            lane.aside.insert(position)
        }
        lanes[codec] = lane
    }

    /// Takes a message that its codec was given; nil for one that was answered already.
    mutating func take(_ position: UInt64) -> Message? {
        guard let message = messages.removeValue(forKey: position) else { return nil }
        lanes[message.request.profileID]?.inMemoryCount -= 1
        return message
    }

    /// Whether any of some boxes is asked once more as it may stand in the wrong place; looks
    /// through all that are.
    func asksAgain(of boxes: Set<String>) -> Bool { again.values.contains(where: boxes.contains) }

    /// Whether any stands in the wrong place, or would after a crash.
    var holdsAgain: Bool { !again.isEmpty || !answeredAgain.isEmpty }

    /// Where a message that was answered stands from before, nil where it is stored for the first
    /// time; to be asked once.
    mutating func takeAgain(_ position: UInt64) -> Stored? {
        if repeated.remove(position) != nil {
            answeredRepeated.insert(position)
            return .rightly
        }
        guard again.removeValue(forKey: position) != nil else { return nil }
        answeredAgain.insert(position)
        return .wrongly
    }

    /// Lets go of a message that no codec takes now; it is taken up later.
    mutating func putAside(_ position: UInt64) {
        guard let message = take(position) else { return }
        lanes[message.request.profileID]?.aside.insert(position)
    }

    /// The messages that were not given to codecs yet, in the order in which they came.
    mutating func takeOutgoing() -> [(position: UInt64, message: Message)] {
        defer { outgoing.removeAll(keepingCapacity: true) }
        return outgoing.compactMap { position in messages[position].map { (position, $0) } }
    }

    /// Takes the next message of a codec that was put aside, where there is room for it in memory.
    mutating func takeAside(_ codec: String) -> UInt64? {
        guard let lane = lanes[codec], lane.inMemoryCount < memoryRoom else { return nil }
        return lanes[codec]?.aside.popFirst()
    }

    /// Puts back what ``takeAside(_:)`` gave.
    mutating func putBack(_ position: UInt64, _ codec: String) {
        lanes[codec]?.aside.insert(position)
    }

    /// Notes a message whose samples the next checkpoint holds.
    ///
    /// - Parameters:
    ///   - position: where it lies in the journal.
    ///   - codec: the profile whose codec answered.
    ///   - checkpoint: the position of the last one: what lies behind it is taken from the journal
    ///     again until the next one is made.
    mutating func noteAnswered(_ position: UInt64, _ codec: String, before checkpoint: UInt64) {
        if position < checkpoint { answered[position] = codec }
    }

    /// Notes that a checkpoint was made: it holds all that was answered.
    mutating func noteCheckpoint() {
        answered.removeAll()
        answeredAgain.removeAll()
        answeredRepeated.removeAll()
        askedCount = 0
    }

    // MARK: Words

    /// Remembers why a message failed.
    mutating func note(_ text: String, of position: UInt64) {
        if words.updateValue(text, forKey: position) == nil { wordOrder.append(position) }
        guard wordOrder.count >= 2 * limits.words else { return }
        for old in wordOrder.prefix(limits.words) { words[old] = nil }
        wordOrder.removeFirst(limits.words)
    }

    /// What was said last of a message; nil when it is not known any more.
    func words(of position: UInt64) -> String? { words[position] }

    // MARK: The file

    /// What is written before a checkpoint, which has a number.
    func file(before checkpoint: UInt64) -> AwaitedFile {
        var waiting = lanes.mapValues { Array($0.aside.all) }
        for (position, message) in messages {
            waiting[message.request.profileID, default: []].append(position)
        }
        let done = Dictionary(grouping: answered.keys) { answered[$0] ?? "" }
        let codecs = Set(waiting.keys).union(done.keys).sorted()
        return AwaitedFile(
            checkpoint: checkpoint,
            lanes: codecs.map { codec in
                AwaitedFile.Lane(
                    codec: codec,
                    waiting: waiting[codec, default: []].sorted(),
                    answered: done[codec, default: []].sorted()
                )
            },
            again: answeredAgain.union(again.keys).sorted(),
            repeated: repeated.union(answeredRepeated).sorted()
        )
    }

    /// Has wait what a file says; all of it is put aside.
    ///
    /// - Parameters:
    ///   - file: what was written before a checkpoint.
    ///   - checkpoint: the number of the store's last one.
    mutating func restore(_ file: AwaitedFile, at checkpoint: UInt64) {
        for lane in file.lanes {
            // The checkpoint that holds their samples may not have been made.
            let lost = file.checkpoint > checkpoint ? lane.answered : []
            lanes[lane.codec] = Lane(aside: RisingPositions((lane.waiting + lost).sorted()))
        }
        for position in file.again where contains(position) { again[position] = "" }
        // One that was answered and asked once more since may stand wrongly again.
        repeated = Set(file.repeated).subtracting(file.again).filter(contains)
    }
}
