internal import Telemetry

/// Which samples were stored again and are right, as it is written beside the store before each
/// checkpoint while a message may yet turn out to stand where its box was not.
///
/// Series are named by their labels: a store that is built anew numbers them otherwise. Samples of
/// a checkpoint that was not made do no harm: what they belong to is taken again, and stands there
/// in the end.
///
/// Format, all numbers with their lowest byte first: `LGSORS01`; when the last message arrived that
/// may stand where its box was not, in milliseconds since 1970 (8 bytes); number of parts (4); for
/// each the number of its series' labels (1), for each of these the length of its name (2), the
/// name in UTF-8, the length of its value (2) and the value, then the length of the box's address
/// (2) and the address, the number of times (4) and the times in milliseconds since 1970, rising
/// (8 each); CRC-32C of everything before (4).
struct RetakenFile: Hashable {
    /// Name of the file in the data folder.
    static let name = "retaken-samples"

    private static let magic = Array("LGSORS01".utf8)

    /// The right samples of one box in one series.
    struct Part: Hashable {
        let labels: Labels
        /// The address of the box.
        let box: String
        /// Their times, rising.
        let times: [Instant]
    }

    let parts: [Part]
    /// As ``RetakenSamples/reach``.
    let reach: Instant

    init(_ parts: [Part], reach: Instant = .distantPast) {
        self.parts = parts
        self.reach = reach
    }

    var bytes: [UInt8] {
        CheckedBytes.framed(Self.magic) { bytes in
            LittleEndian.put(reach.milliseconds, &bytes)
            LittleEndian.put(UInt32(parts.count), &bytes)
            for part in parts {
                bytes.append(UInt8(clamping: part.labels.sorted.count))
                for label in part.labels.sorted {
                    Self.put(label.name, &bytes)
                    Self.put(label.value, &bytes)
                }
                Self.put(part.box, &bytes)
                LittleEndian.put(UInt32(part.times.count), &bytes)
                for time in part.times { LittleEndian.put(time.milliseconds, &bytes) }
            }
        }
    }

    /// Reads what ``bytes`` wrote; nil when it is not whole.
    init?(bytes: [UInt8]) {
        guard var rest = CheckedBytes.content(of: bytes, Self.magic),
            let reach: Int64 = LittleEndian.take(&rest),
            let count: UInt32 = LittleEndian.take(&rest)
        else { return nil }
        var all: [Part] = []
        for _ in 0..<count {
            guard let labelCount = rest.popFirst() else { return nil }
            var labels: [Label] = []
            for _ in 0..<labelCount {
                guard let name = Self.text(&rest), let value = Self.text(&rest) else { return nil }
                labels.append(Label(name, value))
            }
            guard let box = Self.text(&rest), let timeCount: UInt32 = LittleEndian.take(&rest),
                rest.count / 8 >= Int(timeCount)
            else { return nil }
            let times = (0..<timeCount).compactMap { _ in
                (LittleEndian.take(&rest) as Int64?).map { Instant(milliseconds: $0) }
            }
            all.append(Part(labels: Labels(labels), box: box, times: times))
        }
        guard rest.isEmpty else { return nil }
        parts = all
        self.reach = Instant(milliseconds: reach)
    }

    private static func put(_ text: String, _ bytes: inout [UInt8]) {
        let text = Array(text.utf8.prefix(Int(UInt16.max)))
        LittleEndian.put(UInt16(text.count), &bytes)
        bytes += text
    }

    private static func text(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let length: UInt16 = LittleEndian.take(&rest), rest.count >= Int(length) else {
            return nil
        }
        defer { rest = rest.dropFirst(Int(length)) }
        return String(decoding: rest.prefix(Int(length)), as: UTF8.self)
    }
}
