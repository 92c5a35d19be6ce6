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
    private(set) var position: Int
    private let end: Int

    /// Reads a part of some bytes.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }

    /// The number of the next field and how it is written.
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
        var result: UInt64 = 0
        for index in 0..<8 { result |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += 8
        return result
    }

    /// The place of bytes that begin with their length.
    mutating func range() throws(RemoteWriteError) -> Range<Int> {
        let length = try variable()
        guard length <= UInt64(end - position) else {
            throw fault("\(length) bytes are announced and \(end - position) are left")
        }
        defer { position += Int(length) }
        return position..<position + Int(length)
    }

    /// Text of UTF-8 that begins with its length.
    mutating func text() throws(RemoteWriteError) -> String {
        let range = try range()
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw fault("a text is no UTF-8")
        }
        return text
    }

    /// Passes over a field that nobody asks for.
    mutating func skip(_ wire: Wire) throws(RemoteWriteError) {
        switch wire {
        case .variable: _ = try variable()
        case .fixed64: _ = try fixed64()
        case .bytes: _ = try range()
        case .fixed32:
            guard end - position >= 4 else { throw fault("four bytes are missing") }
            position += 4
        }
    }

    /// Requires that a field is written as it should be.
    func require(_ wire: Wire, _ expected: Wire, _ name: String) throws(RemoteWriteError) {
        guard wire == expected else {
            throw fault("\(name) has the wire type \(wire.rawValue), not \(expected.rawValue)")
        }
    }

    func fault(_ text: String) -> RemoteWriteError {
        .malformedMessage("\(text), at byte \(position)")
    }
}
