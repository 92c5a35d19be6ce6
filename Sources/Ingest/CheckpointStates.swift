internal import Telemetry

/// What the decoder, or the checks of readings, remember, as of the last two checkpoints.
///
/// Messages after a checkpoint are taken from the journal again, and must be read and judged by
/// what was known then, not by what was learned later. The file is written before the store's
/// checkpoint; of its two states the one counts that was written for the store's last checkpoint,
/// so that a crash between the two does no harm. Positions in the journal would not tell them
/// apart: what codecs answer changes what is remembered without a record.
///
/// Format, all numbers with their lowest byte first: `LGSODM02`; number of states (1 byte); for
/// each the number of the checkpoint that it goes before (8), the length (4) and the bytes of the
/// memory; CRC-32C of everything before (4).
struct CheckpointStates: Sendable {
    struct Entry: Equatable, Sendable {
        /// Number of the checkpoint that it goes before.
        let checkpoint: UInt64
        let memory: [UInt8]
    }

    static let magic = Array("LGSODM02".utf8)

    /// The older state first; two at most.
    private(set) var entries: [Entry] = []

    init() {}

    /// The state at a checkpoint, or nil.
    func state(at checkpoint: UInt64) -> [UInt8]? {
        entries.last { $0.checkpoint == checkpoint }?.memory
    }

    /// This with a newer state, and of the others the one that the store still goes by.
    func adding(_ entry: Entry, keeping checkpoint: UInt64) -> CheckpointStates {
        var next = CheckpointStates()
        if let kept = entries.last(where: { $0.checkpoint == checkpoint }) {
            next.entries.append(kept)
        }
        next.entries.append(entry)
        return next
    }

    /// The file's content.
    var bytes: [UInt8] {
        CheckedBytes.framed(Self.magic) { bytes in
            bytes.append(UInt8(entries.count))
            for entry in entries {
                LittleEndian.put(entry.checkpoint, &bytes)
                LittleEndian.put(UInt32(entry.memory.count), &bytes)
                bytes += entry.memory
            }
        }
    }

    /// Reads what ``bytes`` wrote; nil when it is not whole.
    init?(bytes: [UInt8]) {
        guard var rest = CheckedBytes.content(of: bytes, Self.magic) else { return nil }
        guard let count = rest.popFirst(), count <= 2 else { return nil }
        for _ in 0..<count {
            guard let checkpoint: UInt64 = LittleEndian.take(&rest),
                let length: UInt32 = LittleEndian.take(&rest), rest.count >= Int(length)
            else { return nil }
            let memory = Array(rest.prefix(Int(length)))
            entries.append(Entry(checkpoint: checkpoint, memory: memory))
            rest = rest.dropFirst(Int(length))
        }
        guard rest.isEmpty else { return nil }
    }
}
