/// Writes the fields of a message of protobuf.
///
/// - Source: Protocol Buffers, "Encoding".
public struct ProtobufWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// Creates an empty message.
    public init() {}

    /// Writes a number in groups of seven bits.
    public mutating func variable(_ field: UInt64, _ value: UInt64) {
        tag(field, 0)
        group(value)
    }

    /// Writes eight bytes, the lowest first.
    public mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        tag(field, 1)
        for shift in stride(from: 0, to: UInt64(64), by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Writes four bytes, the lowest first.
    public mutating func fixed32(_ field: UInt64, _ value: UInt32) {
        tag(field, 5)
        for shift in stride(from: 0, to: UInt32(32), by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Writes bytes or the UTF-8 of a text, with their length.
    public mutating func bytes(_ field: UInt64, _ content: some Collection<UInt8>) {
        tag(field, 2)
        group(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Writes a message inside this one.
    ///
    /// - Parameters:
    ///   - field: the number of the field.
    ///   - body: writes the inner message.
    public mutating func nested(_ field: UInt64, _ body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        bytes(field, inner.bytes)
    }

    private mutating func tag(_ field: UInt64, _ wire: UInt64) { group(field << 3 | wire) }

    private mutating func group(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
