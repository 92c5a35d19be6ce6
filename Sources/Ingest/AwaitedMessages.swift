internal import Decoding
internal import RingStore
internal import Telemetry

/// The messages that wait for what a codec says of them.
///
/// Which they are stands in an index like that of undecodable messages, written with each
/// checkpoint: their bytes are in the journal. Some are in memory too and were given to codecs, the
/// others are read again when there is room. A message leaves the index only after the checkpoint
/// that holds its samples, or when it has become a dead letter.
struct AwaitedMessages {
    /// Most messages that are in memory: 4 MB of them.
    static let memoryCapacity = 8192
    /// Most messages whose codec's last words are remembered.
    static let wordsCapacity = 1000

    /// A message in memory.
    struct Message {
        let topic: [UInt8]
        let payload: [UInt8]
        let receivedAt: Instant
        let flags: MessageFlags
        let request: CodecRequest
    }

    /// All that wait, with `awaits_codec`, or `codec_busy` where they are not in memory.
    var index = DeadLetters()
    /// Those in memory, by their positions in the journal.
    var messages: [UInt64: Message] = [:]
    /// Those that were not given to codecs yet.
    var outgoing: [UInt64] = []
    /// Those whose samples the next checkpoint holds.
    var answered: Set<UInt64> = []
    /// Those that are dead letters now; they leave the index together.
    private var failed: Set<UInt64> = []
    /// What was said of messages that failed.
    private var words: [UInt64: String] = [:]
    private var wordOrder: [UInt64] = []

    /// Whether no further message can wait.
    var isFull: Bool { index.entries.count >= DeadLetters.capacity }
    /// Whether messages that are not in memory can be taken up.
    var canTakeUp: Bool {
        index.counts[DecodingError.Reason.codecBusy.rawValue] != nil
            && messages.count < Self.memoryCapacity / 2
    }

    /// Has a message wait, in memory where there is room.
    mutating func add(_ position: UInt64, _ message: Message) {
        let hasRoom = messages.count < Self.memoryCapacity
        let reason: DecodingError.Reason = hasRoom ? .awaitsCodec : .codecBusy
        index.insert(position, reason: reason.rawValue)
        guard hasRoom else { return }
        messages[position] = message
        outgoing.append(position)
    }

    /// Lets go of a message that no codec takes now; it is taken up later.
    mutating func putAside(_ position: UInt64) {
        guard messages.removeValue(forKey: position) != nil else { return }
        index.insert(position, reason: DecodingError.Reason.codecBusy.rawValue)
    }

    /// Forgets what the checkpoint that was made holds.
    mutating func forgetAnswered() {
        index.resolve(answered)
        answered.removeAll()
    }

    /// Has a message leave the index with the next ``forgetFailed()``, and remembers why.
    mutating func leave(_ position: UInt64, because text: String) {
        failed.insert(position)
        if words.updateValue(text, forKey: position) == nil { wordOrder.append(position) }
        guard wordOrder.count >= 2 * Self.wordsCapacity else { return }
        for old in wordOrder.prefix(Self.wordsCapacity) { words[old] = nil }
        wordOrder.removeFirst(Self.wordsCapacity)
    }

    /// Takes those that left out of the index.
    mutating func forgetFailed() {
        guard !failed.isEmpty else { return }
        index.resolve(failed)
        failed.removeAll(keepingCapacity: true)
    }

    /// What was said last of a message; nil when it is not known any more.
    func words(of position: UInt64) -> String? { words[position] }
}
