internal import Protobuf
internal import Telemetry

/// What was heard beside the descriptions, as bytes, so that what is taken from the journal after a
/// checkpoint is read as it was the first time; the descriptions themselves are ``Lesson``s.
///
/// Fields of a message of protobuf, beside those of `SparkplugState`: field 2 is a state that waits
/// for its description, with 1 topic, 2 payload, 3 when it came (milliseconds since 1970), 4 flags;
/// field 3 is an availability, with 1 topic, 2 whether available.
extension LearnedTopics.Heard {
    /// Numbers of the fields.
    enum Field {
        static let waiting: UInt64 = 2
        static let availability: UInt64 = 3
    }

    /// The bytes; empty when nothing was heard.
    ///
    /// Equal states give equal bytes.
    var bytes: [UInt8] {
        var writer = ProtobufWriter()
        for (topic, state) in waiting.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            writer.nested(Field.waiting) { inner in
                inner.bytes(1, topic)
                inner.bytes(2, state.payload)
                inner.variable(3, UInt64(bitPattern: state.receivedAt.milliseconds))
                inner.variable(4, UInt64(state.flags.rawValue))
            }
        }
        for (topic, isAvailable) in availability.sorted(by: {
            $0.key.lexicographicallyPrecedes($1.key)
        }) {
            writer.nested(Field.availability) { inner in
                inner.bytes(1, topic)
                inner.variable(2, isAvailable ? 1 : 0)
            }
        }
        return writer.bytes
    }

    /// Takes a field that ``bytes`` wrote.
    ///
    /// - Throws: ``DecodingError`` when it is something else.
    mutating func restore(_ field: UInt64, _ bytes: [UInt8], _ range: Range<Int>)
        throws(DecodingError)
    {
        var reader = PayloadReader(bytes, in: range)
        var (topic, payload): ([UInt8], [UInt8]) = ([], [])
        var (time, number): (UInt64, UInt64) = (0, 0)
        while !reader.isAtEnd {
            let (inner, wire) = try reader.tag()
            switch (field, inner, wire) {
            case (_, 1, .bytes): topic = Array(bytes[try reader.content()])
            case (Field.waiting, 2, .bytes): payload = Array(bytes[try reader.content()])
            case (Field.waiting, 3, .variable): time = try reader.variable()
            case (Field.waiting, 4, .variable): number = try reader.variable()
            case (Field.availability, 2, .variable): number = try reader.variable()
            default: throw reader.fault("what was heard has the field \(inner)")
            }
        }
        guard field == Field.waiting else {
            availability[topic] = number != 0
            return
        }
        waiting[topic] = LearnedTopics.WaitingState(
            payload: payload,
            receivedAt: Instant(milliseconds: Int64(bitPattern: time)),
            flags: MessageFlags(rawValue: UInt8(truncatingIfNeeded: number))
        )
    }
}
