internal import RingStore
internal import Telemetry

/// The messages in the journal that could not be decoded, the newest ones by their positions.
///
/// A message of several devices of which some have no profile is among them too, under
/// ``unknownPart``: what it says of the others is in the store. Such messages come as long as
/// nobody registers those devices, so that they have a share of the list and no more.
///
/// Their bytes stay in the journal; this is the index. It is written beside the store with each
/// checkpoint, so that a crash takes both back to the same place in the journal.
///
/// Format, all numbers with their lowest byte first: `LGSODL02`; number of reasons (4 bytes); for
/// each the length of its name (1), the name in UTF-8, and its count (8); number of entries (4);
/// for each the position (8), the number of its reason (1), and 1 where it is stored, else 0 (1;
/// not in `LGSODL01`); CRC-32C of everything before (4).
public struct DeadLetters: Sendable {
    /// One message that could not be decoded.
    public struct Entry: Hashable, Sendable {
        /// Where it lies in the journal.
        public let position: UInt64
        /// Stable code of the reason, as `not_json`.
        public let reason: String
        /// Whether what was read of it is stored, maybe where its box was not: it was decoded when
        /// it came, and could not be when it was taken again.
        public let isStored: Bool

        init(position: UInt64, reason: String, isStored: Bool = false) {
            self.position = position
            self.reason = reason
            self.isStored = isStored
        }
    }

    /// Most entries that are kept; older ones are only counted.
    public static let capacity = 10_000
    /// Most entries of ``unknownPart`` that are kept when they are trimmed; up to twice as many
    /// may stand among the others until then.
    static let partCapacity = capacity / 4
    /// Reason of messages that could be decoded but for what they say of unknown devices.
    public static let unknownPart = "unknown_part"

    /// The newest, in rising order of position.
    public private(set) var entries: [Entry] = []
    /// How many there were by reason, those that were decoded later taken off.
    public private(set) var counts: [String: UInt64] = [:]
    /// How many entries are of ``unknownPart``.
    private var partCount = 0
    /// How many entries are stored.
    private var storedCount = 0

    /// Creates an empty index.
    public init() {}

    /// Notes a message; one that is known already changes nothing.
    mutating func note(_ position: UInt64, reason: String) {
        guard position > entries.last?.position ?? 0 || entries.isEmpty else { return }
        counts[reason, default: 0] += 1
        entries.append(Entry(position: position, reason: reason))
        makeRoom(after: reason)
    }

    /// Notes a message in its place among the others, or gives one that is noted another reason.
    ///
    /// One before all that are kept is only counted, as it would be had it come in its turn.
    /// - Parameters:
    ///   - position: where it lies in the journal.
    ///   - reason: stable code of the reason.
    ///   - isStored: as ``Entry/isStored``.
    mutating func insert(_ position: UInt64, reason: String, isStored: Bool = false) {
        let place = place(of: position)
        let entry = Entry(position: position, reason: reason, isStored: isStored)
        if place < entries.count, entries[place].position == position {
            guard entries[place] != entry else { return }
            countOff(entries[place].reason)
            entries[place] = entry
            counts[reason, default: 0] += 1
            countKinds()
            return
        }
        counts[reason, default: 0] += 1
        guard place > 0 || entries.count < Self.capacity else { return }
        entries.insert(entry, at: place)
        if isStored { storedCount += 1 }
        makeRoom(after: reason)
    }

    /// Whether any message is noted that is stored, maybe where its box was not.
    var holdsStored: Bool { storedCount > 0 }

    /// Whether a message is noted.
    func contains(_ position: UInt64) -> Bool { entry(of: position) != nil }

    /// What is noted of a message; nil where nothing is.
    func entry(of position: UInt64) -> Entry? {
        let place = place(of: position)
        guard place < entries.count, entries[place].position == position else { return nil }
        return entries[place]
    }

    /// Takes messages off that could be decoded now; those that are not noted change nothing.
    mutating func resolve(_ positions: Set<UInt64>) {
        guard positions.contains(where: contains) else { return }
        for entry in entries where positions.contains(entry.position) { countOff(entry.reason) }
        entries.removeAll { positions.contains($0.position) }
        countKinds()
    }

    /// The place of the first entry that does not lie before a position.
    private func place(of position: UInt64) -> Int {
        // Nearly always it is the newest.
        if entries.last.map({ $0.position < position }) ?? true { return entries.count }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func countOff(_ reason: String) {
        let count = (counts[reason] ?? 1) - 1
        counts[reason] = count > 0 ? count : nil
    }

    /// The newest entries, the newest first.
    public func newest(_ limit: Int) -> [Entry] {
        Array(entries.suffix(min(limit, Self.capacity)).reversed())
    }

    /// Makes room in one go, not by one move of the whole list for each message.
    private mutating func makeRoom(after reason: String) {
        if reason == Self.unknownPart { partCount += 1 }
        if partCount >= 2 * Self.partCapacity {
            var excess = partCount - Self.partCapacity
            entries.removeAll { entry in
                guard excess > 0, entry.reason == Self.unknownPart else { return false }
                excess -= 1
                return true
            }
            partCount = Self.partCapacity
        }
        guard entries.count >= 2 * Self.capacity else { return }
        entries.removeFirst(entries.count - Self.capacity)
        countKinds()
    }

    private mutating func countKinds() {
        partCount = entries.count { $0.reason == Self.unknownPart }
        storedCount = entries.count { $0.isStored }
    }

    // MARK: Bytes

    static let magic = Array("LGSODL02".utf8)
    static let magicWithoutStored = Array("LGSODL01".utf8)

    /// The index as it is written.
    var bytes: [UInt8] {
        CheckedBytes.framed(Self.magic) { bytes in
            let reasons = counts.keys.sorted()
            let kept = entries.suffix(Self.capacity).filter { counts[$0.reason] != nil }
            LittleEndian.put(UInt32(reasons.count), &bytes)
            for reason in reasons {
                let name = Array(reason.utf8.prefix(255))
                bytes.append(UInt8(name.count))
                bytes += name
                LittleEndian.put(counts[reason] ?? 0, &bytes)
            }
            LittleEndian.put(UInt32(kept.count), &bytes)
            for entry in kept {
                LittleEndian.put(entry.position, &bytes)
                bytes.append(UInt8(clamping: reasons.firstIndex(of: entry.reason) ?? 0))
                bytes.append(entry.isStored ? 1 : 0)
            }
        }
    }

    /// Reads what ``bytes`` wrote; nil when it is not whole.
    init?(bytes: [UInt8]) {
        let isOld = bytes.starts(with: Self.magicWithoutStored)
        let magic = isOld ? Self.magicWithoutStored : Self.magic
        guard var rest = CheckedBytes.content(of: bytes, magic) else { return nil }
        guard let reasonCount: UInt32 = LittleEndian.take(&rest), reasonCount <= 256 else {
            return nil
        }
        var reasons: [String] = []
        for _ in 0..<reasonCount {
            guard let length = rest.popFirst(), rest.count >= Int(length) + 8 else { return nil }
            let name = String(decoding: rest.prefix(Int(length)), as: UTF8.self)
            rest = rest.dropFirst(Int(length))
            guard let count: UInt64 = LittleEndian.take(&rest) else { return nil }
            reasons.append(name)
            counts[name] = count
        }
        guard let entryCount: UInt32 = LittleEndian.take(&rest),
            rest.count == Int(entryCount) * (isOld ? 9 : 10)
        else { return nil }
        for _ in 0..<entryCount {
            guard let position: UInt64 = LittleEndian.take(&rest), let reason = rest.popFirst(),
                Int(reason) < reasons.count, let stored = isOld ? 0 : rest.popFirst(), stored <= 1
            else { return nil }
            entries.append(
                Entry(position: position, reason: reasons[Int(reason)], isStored: stored == 1)
            )
        }
        countKinds()
    }
}
