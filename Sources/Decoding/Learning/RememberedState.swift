internal import Protobuf

/// What a decoder remembers beside its lessons: the births of Sparkplug nodes, and what was heard.
struct RememberedState {
    var sparkplug = SparkplugState()
    var heard = LearnedTopics.Heard()

    /// Reads what the bytes of both wrote, one behind the other.
    ///
    /// - Throws: ``DecodingError`` when it is something else.
    init(bytes: [UInt8]) throws(DecodingError) {
        var reader = PayloadReader(bytes)
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            guard wire == .bytes else { throw reader.fault("expected a field of bytes") }
            let content = try reader.content()
            switch field {
            case SparkplugState.nodeField: try sparkplug.restore(bytes, content)
            case LearnedTopics.Heard.Field.waiting, LearnedTopics.Heard.Field.availability:
                try heard.restore(field, bytes, content)
            default: throw reader.fault("the memory has the field \(field)")
            }
        }
    }
}
