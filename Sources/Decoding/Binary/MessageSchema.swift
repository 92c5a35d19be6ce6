public import Protobuf

/// What the fields of a protobuf message are, as far as they are read; others are skipped.
///
/// A class, so that a schema is passed on without copying.
final class MessageSchema: Sendable {
    enum Kind: Sendable {
        /// UTF-8.
        case text
        case flag
        case unsigned
        /// `int32` and `int64`: two's complement in a plain number.
        case signed
        case single
        case double
        /// Bytes, base64 in JSON.
        case bytes
        /// Names of an enumeration by number; numbers without one are written as numbers.
        case choice([String])
        /// `google.protobuf.Timestamp`, RFC 3339 in JSON.
        case time
        /// `google.protobuf.Struct`, an object in JSON.
        case structure
        case message(MessageSchema)
    }

    struct Field: Sendable {
        let number: UInt64
        /// Name of the member in JSON.
        let name: [UInt8]
        let kind: Kind
        let isRepeated: Bool

        init(_ number: UInt64, _ name: String, _ kind: Kind, isRepeated: Bool = false) {
            self.number = number
            self.name = Array(name.utf8)
            self.kind = kind
            self.isRepeated = isRepeated
        }
    }

    let fields: [Field]

    init(_ fields: [Field]) {
        self.fields = fields
    }

    /// Place of a field by its number, or nil.
    func place(of number: UInt64) -> Int? { fields.firstIndex { $0.number == number } }
}

/// Reads protobuf in this module.
typealias PayloadReader = ProtobufReader<DecodingError>

extension DecodingError: ProtobufFailure {
    /// The payload is no message of protobuf.
    public static func malformedProtobuf(_ problem: String, offset: Int) -> DecodingError {
        .notProtobuf(offset: offset, problem: problem)
    }
}
