/// Reads the fields of one message of protobuf, without copying.
///
/// - Source: Protocol Buffers, "Encoding".
struct ProtobufReader {
    /// How a field is written.
    enum Wire: UInt8 {
        case variable = 0
        case fixed64 = 1
        case bytes = 2
        case fixed32 = 5
    }

    private let bytes: [UInt8]
    private var position = 0
    /// Where the message that is read ends.
    private var end: Int

    /// Reads the message that some bytes are.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        end = bytes.count
    }

    /// Whether the message that is read has no more fields.
    @inline(__always)
    var isAtEnd: Bool { position >= end }

    /// Reads a message inside this one, which begins with its length.
    ///
    /// - Parameter body: Reads it until ``isAtEnd``.
    /// - Throws: What the body throws, and ``RemoteWriteError/malformedMessage(_:)``.
    @inline(__always)
    mutating func nested(
        _ body: (inout ProtobufReader) throws(RemoteWriteError) -> Void
    ) throws(RemoteWriteError) {
        let length = try length()
        let outer = end
        end = position + length
        try body(&self)
        position = end
        end = outer
    }

    /// The number of the next field and how it is written.
    @inline(__always)
    mutating func tag() throws(RemoteWriteError) -> (field: UInt64, wire: Wire) {
        let tag = try variable()
        guard let wire = Wire(rawValue: UInt8(truncatingIfNeeded: tag & 7)), tag >> 3 > 0 else {
            throw fault("a field has the number \(tag >> 3) and the wire type \(tag & 7)")
        }
        return (tag >> 3, wire)
    }

    /// A number in groups of seven bits, the lowest first.
    @inline(__always)
    mutating func variable() throws(RemoteWriteError) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = bytes[position]
            position += 1
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
            shift += 7
        }
        throw fault("a number does not end")
    }

    /// Eight bytes, the lowest first.
    @inline(__always)
    mutating func fixed64() throws(RemoteWriteError) -> UInt64 {
        guard end - position >= 8 else { throw fault("eight bytes are missing") }
        defer { position += 8 }
        return UInt64(
            littleEndian: unsafe bytes.span.bytes.unsafeLoadUnaligned(
                fromByteOffset: position,
                as: UInt64.self
            )
        )
    }

    /// The length of what follows, all of which is there.
    @inline(__always)
    private mutating func length() throws(RemoteWriteError) -> Int {
        let length = try variable()
        guard length <= UInt64(end - position) else {
            throw fault("\(length) bytes are announced and \(end - position) are left")
        }
        return Int(length)
    }

    /// Text of UTF-8 that begins with its length.
    mutating func text() throws(RemoteWriteError) -> String {
        let length = try length()
        let place = position..<position + length
        guard let text = Self.text(bytes.span.extracting(place)) else {
            throw fault("a text is no UTF-8")
        }
        position = place.upperBound
        return text
    }

    private static func text(_ bytes: Span<UInt8>) -> String? {
        guard let text = try? UTF8Span(validating: bytes) else { return nil }
        return String(copying: text)
    }

    /// Passes over a field that nobody asks for.
    mutating func skip(_ wire: Wire) throws(RemoteWriteError) {
        switch wire {
        case .variable: _ = try variable()
        case .fixed64: _ = try fixed64()
        case .bytes: position += try length()
        case .fixed32:
            guard end - position >= 4 else { throw fault("four bytes are missing") }
            position += 4
        }
    }

    /// Requires that a field is written as it should be.
    @inline(__always)
    func require(_ wire: Wire, _ expected: Wire, _ name: String) throws(RemoteWriteError) {
        guard wire == expected else {
            throw fault("\(name) has the wire type \(wire.rawValue), not \(expected.rawValue)")
        }
    }

    func fault(_ text: String) -> RemoteWriteError {
        .malformedMessage("\(text), at byte \(position)")
    }
}
