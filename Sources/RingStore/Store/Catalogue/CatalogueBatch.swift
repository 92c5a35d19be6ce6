internal import Telemetry

/// The labels that one checkpoint adds to the catalogue on disk.
///
/// The catalogue is a row of batches without gaps; the root says where the last one ends. A batch
/// has the labels that none before has, then the series, each as numbers of labels. Series and
/// labels are numbered from zero in the order in which they lie here. Every field:
/// <doc:StoreFormat#Catalogue>.
struct CatalogueBatch {
    static let headerBytes = 24

    /// How much of a catalogue is on disk.
    struct Position: Hashable, Sendable {
        var seriesCount = 0
        var labelCount = 0
        var byteCount: UInt64 = 0
    }

    /// The bytes of everything in a catalogue that is not on disk; none when all of it is.
    static func encode(
        _ catalogue: SeriesCatalogue,
        after position: Position,
        identity: UInt64
    ) -> [UInt8] {
        guard position.seriesCount < catalogue.count else { return [] }
        var body: [UInt8] = []
        for (first, count) in [
            (position.seriesCount, catalogue.count), (position.labelCount, catalogue.labelCount),
        ] {
            body.appendLittleEndian(UInt32(first))
            body.appendLittleEndian(UInt32(count - first))
        }
        for number in position.labelCount..<catalogue.labelCount {
            let label = catalogue.index.label(UInt32(number))
            body.appendText(label.name)
            body.appendText(label.value)
        }
        for series in position.seriesCount..<catalogue.count {
            let numbers = catalogue.labelNumbers(of: UInt32(series))
            body.appendVariable(UInt64(numbers.count))
            for number in numbers { body.appendVariable(UInt64(number)) }
        }
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt32(body.count + 8))
        unsafe bytes.appendLittleEndian(checksum(body.span.bytes, identity, position.byteCount))
        return bytes + body
    }

    /// Bytes that a new series takes at most in a batch, its own header left out.
    static func largestBytes(_ labels: Labels, in index: LabelIndex) -> Int {
        labels.sorted.reduce(5) { sum, label in
            // A number takes five bytes at most, and so does the length of a text.
            let isKnown = index.number(of: label.name, label.value) != nil
            let texts = label.name.utf8.count + label.value.utf8.count + 10
            return sum + 5 + (isKnown ? 0 : texts)
        }
    }

    /// Adds the batch that lies at a position of the stored catalogue to a catalogue.
    ///
    /// - Returns: The position behind it, or nil when it does not pass its check.
    static func decode(
        _ stored: [UInt8],
        at position: Position,
        identity: UInt64,
        into catalogue: inout SeriesCatalogue
    ) -> Position? {
        let start = Int(position.byteCount)
        guard let length = length(in: stored, at: start, identity: identity) else { return nil }
        var reader = ByteReader(stored, start + 8..<start + length)
        guard reader.take(UInt32.self) == position.seriesCount else { return nil }
        let seriesCount = Int(reader.take(UInt32.self))
        guard reader.take(UInt32.self) == position.labelCount else { return nil }
        let labelCount = Int(reader.take(UInt32.self))
        for _ in 0..<labelCount where !reader.isExhausted {
            let name = reader.takeText()
            catalogue.appendLabel(Label(name, reader.takeText()))
        }
        for _ in 0..<seriesCount where !reader.isExhausted {
            var numbers: [UInt32] = []
            for _ in 0..<reader.takeCount(limit: reader.remaining) {
                numbers.append(UInt32(reader.takeCount(limit: catalogue.labelCount - 1)))
            }
            if !reader.isExhausted { catalogue.append(numbers) }
        }
        let next = Position(
            seriesCount: position.seriesCount + seriesCount,
            labelCount: position.labelCount + labelCount,
            byteCount: position.byteCount + UInt64(length)
        )
        let isWhole =
            !reader.isExhausted && catalogue.count == next.seriesCount
            && catalogue.labelCount == next.labelCount
        return isWhole ? next : nil
    }

    /// Bytes of the batch that lies at a place of the stored catalogue, or nil when it does not
    /// pass its check.
    static func length(in stored: [UInt8], at start: Int, identity: UInt64) -> Int? {
        guard let length = stored.littleEndian(at: start, as: UInt32.self),
            length >= headerBytes, Int(length) <= stored.count - start,
            unsafe stored.littleEndian(at: start + 4)
                == checksum(
                    stored.span.bytes.extracting(start + 8..<start + Int(length)),
                    identity,
                    UInt64(start)
                )
        else { return nil }
        return Int(length)
    }

    private static func checksum(_ body: RawSpan, _ identity: UInt64, _ offset: UInt64) -> UInt32 {
        var sum = CRC32C()
        sum.update(identity)
        sum.update(offset)
        sum.update(body)
        return sum.value
    }
}
