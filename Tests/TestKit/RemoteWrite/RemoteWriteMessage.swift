public import RemoteWrite
public import Telemetry

/// Writes messages of remote write as a sender would, from the format's description.
public struct RemoteWriteMessage: Sendable {
    /// One series with what was measured.
    public struct Series: Sendable {
        /// Names and values, in the order in which they are written.
        public var labels: [(String, String)]
        /// Values with their times in milliseconds.
        public var samples: [(value: Double, time: Int64)]
        /// How many native histograms come with it.
        public var histograms: Int
        /// How many exemplars come with it.
        public var exemplars: Int

        /// Creates a series.
        public init(
            labels: [(String, String)],
            samples: [(value: Double, time: Int64)],
            histograms: Int = 0,
            exemplars: Int = 0
        ) {
            self.labels = labels
            self.samples = samples
            self.histograms = histograms
            self.exemplars = exemplars
        }
    }

    /// The series in their order.
    public var series: [Series]
    /// Fields that a newer sender may add; readers pass over them.
    public var hasUnknownFields = false

    /// Creates a message.
    public init(series: [Series]) { self.series = series }

    /// Creates a message of samples; labels are sorted as senders must.
    public init(_ series: [(labels: [String: String], samples: [Sample])]) {
        self.series = series.map { labels, samples in
            Series(
                labels: labels.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                    .map { ($0.key, $0.value) },
                samples: samples.map { ($0.value, $0.time.milliseconds) }
            )
        }
    }

    /// The message as a body: a snappy block.
    public func packed(_ version: RemoteWriteVersion) -> [UInt8] {
        Self.packed(bytes(version))
    }

    /// The message as it is before it is packed.
    public func bytes(_ version: RemoteWriteVersion) -> [UInt8] {
        switch version {
        case .first: first
        case .second: second
        }
    }

    private var first: [UInt8] {
        var output = hasUnknownFields ? Self.unknown : []
        for one in series {
            var body = hasUnknownFields ? Self.unknown : []
            for (name, value) in one.labels {
                let label = Self.field(1, Array(name.utf8)) + Self.field(2, Array(value.utf8))
                body += Self.field(1, label)
            }
            for sample in one.samples { body += Self.field(2, Self.sample(sample)) }
            for _ in 0..<one.exemplars { body += Self.field(3, [0x10, 0x01]) }
            for _ in 0..<one.histograms { body += Self.field(4, [0x10, 0x01]) }
            output += Self.field(1, body)
        }
        // Metadata of one metric: type gauge, its name.
        return output + Self.field(3, [0x08, 0x02] + Self.field(2, Array("lamp".utf8)))
    }

    private var second: [UInt8] {
        var symbols = [""]
        var output = hasUnknownFields ? Self.unknown : []
        for (index, one) in series.enumerated() {
            var references: [UInt8] = []
            for text in one.labels.flatMap({ [$0.0, $0.1] }) {
                if !symbols.contains(text) { symbols.append(text) }
                references += Self.variable(UInt64(symbols.firstIndex(of: text) ?? 0))
            }
            // Every other series has its list unpacked, which readers must take too.
            var body =
                index.isMultiple(of: 2)
                ? Self.field(1, references)
                : Self.unpacked(references)
            for sample in one.samples { body += Self.field(2, Self.sample(sample)) }
            for _ in 0..<one.histograms { body += Self.field(3, [0x10, 0x01]) }
            for _ in 0..<one.exemplars { body += Self.field(4, [0x10, 0x01]) }
            output += Self.field(5, body)
        }
        // Symbols come last: a reader may not rely on their place.
        for symbol in symbols { output += Self.field(4, Array(symbol.utf8)) }
        return output
    }

    private static func unpacked(_ references: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var starts = true
        for byte in references {
            if starts { output.append(1 << 3) }
            output.append(byte)
            starts = byte < 0x80
        }
        return output
    }

    private static func sample(_ sample: (value: Double, time: Int64)) -> [UInt8] {
        var body: [UInt8] = []
        // Senders leave out what is zero.
        if sample.value.bitPattern != 0 {
            body.append(1 << 3 | 1)
            for shift in 0..<8 {
                body.append(UInt8(truncatingIfNeeded: sample.value.bitPattern >> (8 * shift)))
            }
        }
        if sample.time != 0 { body += [2 << 3] + variable(UInt64(bitPattern: sample.time)) }
        return body
    }

    /// A field of each wire type with numbers that no version has.
    private static var unknown: [UInt8] {
        variable(100 << 3) + variable(300) + variable(101 << 3 | 1) + [1, 2, 3, 4, 5, 6, 7, 8]
            + field(102, [1, 2, 3]) + variable(103 << 3 | 5) + [1, 2, 3, 4]
    }

    /// A field that is bytes, or a message.
    public static func field(_ number: Int, _ body: [UInt8]) -> [UInt8] {
        variable(UInt64(number) << 3 | 2) + variable(UInt64(body.count)) + body
    }

    /// A number in groups of seven bits.
    public static func variable(_ number: UInt64) -> [UInt8] {
        var (rest, output) = (number, [UInt8]())
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return output + [UInt8(rest)]
    }

    /// A snappy block of literals alone.
    public static func packed(_ message: [UInt8]) -> [UInt8] {
        var block = variable(UInt64(message.count))
        for start in stride(from: 0, to: message.count, by: 60) {
            let part = message[start..<min(start + 60, message.count)]
            block.append(UInt8(part.count - 1) << 2)
            block += part
        }
        return block
    }
}
