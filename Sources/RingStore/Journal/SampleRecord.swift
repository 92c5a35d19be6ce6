public import Telemetry

/// The payload of a record of kind ``RecordKind/samples``: samples with their labels, all numbers
/// with their lowest byte first.
///
/// Version 1: byte 1; number of samples (4 bytes); then for each the number of labels (2), for each
/// label the length of its name (2), the name, the length of its value (2), the value, all in
/// UTF-8; time in milliseconds since 1970 (8); bit pattern of the value (8).
public enum SampleRecord {
    static let version: UInt8 = 1

    /// One sample and the series that it belongs to.
    public struct Entry: Sendable {
        /// The series, metric name among the labels.
        public var labels: Labels
        /// Its time and value; every bit pattern is kept.
        public var sample: Sample

        /// Creates an entry.
        public init(labels: Labels, sample: Sample) {
            self.labels = labels
            self.sample = sample
        }
    }

    /// Writes samples as a payload.
    ///
    /// - Throws: ``JournalError/recordTooLarge(bytes:limit:)`` when they do not fit into one
    ///   record: hand in fewer at once.
    /// - Returns: The payload.
    public static func encode(_ entries: some Sequence<Entry>) throws(JournalError) -> [UInt8] {
        var bytes: [UInt8] = [version]
        bytes.appendLittleEndian(UInt32(0))
        var count: UInt32 = 0
        for entry in entries {
            bytes.appendLittleEndian(UInt16(clamping: entry.labels.sorted.count))
            for label in entry.labels.sorted {
                try append(label.name, to: &bytes)
                try append(label.value, to: &bytes)
            }
            bytes.appendLittleEndian(entry.sample.time.milliseconds)
            bytes.appendLittleEndian(entry.sample.value.bitPattern)
            count += 1
        }
        guard bytes.count <= RecordLayout.maximumPayloadBytes else {
            throw .recordTooLarge(bytes: bytes.count, limit: RecordLayout.maximumPayloadBytes)
        }
        for shift in 0..<4 { bytes[1 + shift] = UInt8(truncatingIfNeeded: count >> (8 * shift)) }
        return bytes
    }

    /// Reads samples from a payload, or nil when it is none.
    public static func decode(_ payload: [UInt8]) -> [Entry]? {
        guard payload.first == version,
            let count = payload.littleEndian(at: 1, as: UInt32.self)
        else { return nil }
        var entries: [Entry] = []
        var offset = 5
        for _ in 0..<count {
            guard let labelCount = payload.littleEndian(at: offset, as: UInt16.self) else {
                return nil
            }
            offset += 2
            var labels: [Label] = []
            for _ in 0..<labelCount {
                guard let name = text(in: payload, at: &offset),
                    let value = text(in: payload, at: &offset)
                else { return nil }
                labels.append(Label(name, value))
            }
            guard let time = payload.littleEndian(at: offset, as: Int64.self),
                let bits = payload.littleEndian(at: offset + 8, as: UInt64.self)
            else { return nil }
            offset += 16
            entries.append(
                Entry(
                    labels: Labels(labels),
                    sample: Sample(
                        time: Instant(milliseconds: time),
                        value: Double(bitPattern: bits)
                    )
                )
            )
        }
        return offset == payload.count ? entries : nil
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) throws(JournalError) {
        let length = text.utf8.count
        guard let short = UInt16(exactly: length) else {
            throw .recordTooLarge(bytes: length, limit: Int(UInt16.max))
        }
        bytes.appendLittleEndian(short)
        bytes.append(contentsOf: text.utf8)
    }

    private static func text(in payload: [UInt8], at offset: inout Int) -> String? {
        guard let length = payload.littleEndian(at: offset, as: UInt16.self),
            offset + 2 + Int(length) <= payload.count
        else { return nil }
        defer { offset += 2 + Int(length) }
        return String(validating: payload[offset + 2..<offset + 2 + Int(length)], as: UTF8.self)
    }
}
