internal import Decoding
internal import Telemetry

/// The descriptions of devices that the decoder learned from, as of the last two checkpoints
/// between which they changed, kept beside the store.
///
/// Brokers send descriptions once, when somebody subscribes; without this file a gateway that
/// starts again would not know what it knew until they come again. Messages after a checkpoint are
/// taken from the journal again, and must be read by what was learned then: of the two states the
/// newest counts that is not newer than the store.
///
/// Format, all numbers with their lowest byte first: `LGSOLN02`; number of states (1 byte); for
/// each the position (8) and the number of its lessons (4), then for each of them the lengths of
/// topic (4) and payload (4), and both; CRC-32C of everything before (4).
struct LearnedFile: Hashable {
    /// Name of the file in the data folder.
    static let name = "learned"

    private static let magic = Array("LGSOLN02".utf8)

    /// What had been learned at one position.
    struct State: Hashable {
        /// Position in the journal behind the last record that the decoder had read.
        var position: UInt64
        var lessons: [Lesson]
    }

    /// The older state first; two at most.
    private(set) var states: [State] = []

    init() {}

    /// What had been learned when the decoder had read all before a position.
    func lessons(at position: UInt64) -> [Lesson] {
        states.last { $0.position <= position }?.lessons ?? []
    }

    /// This with a newer state, and of the others the one that the store still goes by.
    func adding(_ state: State, keeping position: UInt64) -> LearnedFile {
        var next = LearnedFile()
        if let kept = states.last(where: { $0.position <= position }),
            kept.position < state.position
        {
            next.states.append(kept)
        }
        next.states.append(state)
        return next
    }

    /// The file's content.
    var bytes: [UInt8] {
        CheckedBytes.framed(Self.magic) { bytes in
            bytes.append(UInt8(states.count))
            for state in states {
                LittleEndian.put(state.position, &bytes)
                LittleEndian.put(UInt32(state.lessons.count), &bytes)
                for lesson in state.lessons {
                    LittleEndian.put(UInt32(lesson.topic.count), &bytes)
                    LittleEndian.put(UInt32(lesson.payload.count), &bytes)
                    bytes += lesson.topic
                    bytes += lesson.payload
                }
            }
        }
    }

    /// Reads what ``bytes`` wrote; nil when it is not whole.
    init?(bytes: [UInt8]) {
        guard var rest = CheckedBytes.content(of: bytes, Self.magic) else { return nil }
        guard let count = rest.popFirst(), count <= 2 else { return nil }
        for _ in 0..<count {
            guard let position: UInt64 = LittleEndian.take(&rest),
                let lessons = Self.lessons(&rest)
            else { return nil }
            states.append(State(position: position, lessons: lessons))
        }
        guard rest.isEmpty else { return nil }
    }

    private static func lessons(_ rest: inout ArraySlice<UInt8>) -> [Lesson]? {
        guard let count: UInt32 = LittleEndian.take(&rest) else { return nil }
        var lessons: [Lesson] = []
        for _ in 0..<count {
            guard let topicCount: UInt32 = LittleEndian.take(&rest),
                let payloadCount: UInt32 = LittleEndian.take(&rest),
                rest.count >= Int(topicCount) + Int(payloadCount)
            else { return nil }
            let topic = Array(rest.prefix(Int(topicCount)))
            rest = rest.dropFirst(Int(topicCount))
            lessons.append(Lesson(topic: topic, payload: Array(rest.prefix(Int(payloadCount)))))
            rest = rest.dropFirst(Int(payloadCount))
        }
        return lessons
    }
}
