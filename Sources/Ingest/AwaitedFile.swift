internal import Telemetry

/// Which messages wait for codecs, as it is written beside the store before each checkpoint.
///
/// Messages that were answered since the checkpoint before are in it too: should the one that it
/// goes before not be made, their samples are lost and they wait again. Those that came since the
/// checkpoint before need no such note, for recovery takes them from the journal.
///
/// Format, all numbers with their lowest byte first: `LGSOAC03`; number of the checkpoint that it
/// goes before (8 bytes); number of codecs (4); for each the length of its name (2), the name in
/// UTF-8, the number of messages that wait (4) and their positions (8 each, rising), the same of
/// those that were answered; the number and the positions of those of either kind that are asked
/// once more, because what is stored of them may stand in the wrong place (not in `LGSOAC01`), and
/// of those that are though it stands in the right one (not in `LGSOAC02` either); CRC-32C of
/// everything before (4).
struct AwaitedFile: Hashable {
    /// The messages of one codec, each list rising.
    struct Lane: Hashable {
        var codec: String
        var waiting: [UInt64]
        var answered: [UInt64]
    }

    static let magic = Array("LGSOAC03".utf8)
    static let magicWithoutRepeated = Array("LGSOAC02".utf8)
    static let magicWithoutAgain = Array("LGSOAC01".utf8)

    /// Number of the checkpoint that it goes before.
    var checkpoint: UInt64
    var lanes: [Lane]
    /// Those that are asked once more as they may stand in the wrong place, rising.
    var again: [UInt64]
    /// Those that are asked once more and stand in the right place, rising.
    var repeated: [UInt64]

    init(
        checkpoint: UInt64,
        lanes: [Lane],
        again: [UInt64] = [],
        repeated: [UInt64] = []
    ) {
        self.checkpoint = checkpoint
        self.lanes = lanes
        self.again = again
        self.repeated = repeated
    }

    var bytes: [UInt8] {
        CheckedBytes.framed(Self.magic) { bytes in
            LittleEndian.put(checkpoint, &bytes)
            LittleEndian.put(UInt32(lanes.count), &bytes)
            for lane in lanes {
                let name = Array(lane.codec.utf8)
                LittleEndian.put(UInt16(clamping: name.count), &bytes)
                bytes += name.prefix(Int(UInt16.max))
                for positions in [lane.waiting, lane.answered] {
                    Self.put(positions, &bytes)
                }
            }
            Self.put(again, &bytes)
            Self.put(repeated, &bytes)
        }
    }

    /// Reads what ``bytes`` wrote; nil when it is not whole.
    init?(bytes: [UInt8]) {
        let known = [Self.magic, Self.magicWithoutRepeated, Self.magicWithoutAgain]
        guard let magic = known.first(where: { bytes.starts(with: $0) }),
            var rest = CheckedBytes.content(of: bytes, magic)
        else { return nil }
        guard let checkpoint: UInt64 = LittleEndian.take(&rest),
            let count: UInt32 = LittleEndian.take(&rest)
        else { return nil }
        self.checkpoint = checkpoint
        again = []
        repeated = []
        lanes = []
        for _ in 0..<count {
            guard let length: UInt16 = LittleEndian.take(&rest), rest.count >= Int(length) else {
                return nil
            }
            let name = String(decoding: rest.prefix(Int(length)), as: UTF8.self)
            rest = rest.dropFirst(Int(length))
            guard let waiting = Self.positions(&rest), let answered = Self.positions(&rest) else {
                return nil
            }
            lanes.append(Lane(codec: name, waiting: waiting, answered: answered))
        }
        if magic != Self.magicWithoutAgain {
            guard let again = Self.positions(&rest) else { return nil }
            self.again = again
        }
        if magic == Self.magic {
            guard let repeated = Self.positions(&rest) else { return nil }
            self.repeated = repeated
        }
        guard rest.isEmpty else { return nil }
    }

    private static func put(_ positions: [UInt64], _ bytes: inout [UInt8]) {
        LittleEndian.put(UInt32(positions.count), &bytes)
        for position in positions { LittleEndian.put(position, &bytes) }
    }

    private static func positions(_ rest: inout ArraySlice<UInt8>) -> [UInt64]? {
        guard let count: UInt32 = LittleEndian.take(&rest), rest.count / 8 >= Int(count) else {
            return nil
        }
        return (0..<count).compactMap { _ in LittleEndian.take(&rest) }
    }
}
