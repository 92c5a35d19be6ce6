/// Reads the fields of one message of protobuf, without copying.
///
/// The failure is the caller's own error, so that a module that reads messages throws one type.
/// Everything can be inlined: who reads many small fields pays no call for each.
///
/// Whoever wants no field of a number skips it; groups, which proto3 does not have, are refused.
/// - Source: Protocol Buffers, "Encoding".
public struct ProtobufReader<Failure: ProtobufFailure> {
    /// How a field is written.
    public enum Wire: UInt8, Sendable {
        /// A number in groups of seven bits.
        case variable = 0
        /// Eight bytes.
        case fixed64 = 1
        /// A length, and as many bytes.
        case bytes = 2
        /// Four bytes.
        case fixed32 = 5
    }

    @usableFromInline let bytes: [UInt8]
    @usableFromInline var position: Int
    /// Where the message that is read ends.
    @usableFromInline var end: Int
    @usableFromInline var depth = 0

    /// Deepest nesting of messages by ``nested(_:)``, the limit of the reference implementations.
    @inlinable public static var maximumDepth: Int { 100 }
    /// Highest number of a field, 2^29 − 1.
    @inlinable public static var maximumField: UInt64 { 1 << 29 - 1 }

    /// Reads the message that some bytes are.
    @inlinable
    public init(_ bytes: [UInt8]) {
        self.init(bytes, in: 0..<bytes.count)
    }

    /// Reads the message that a part of some bytes is.
    ///
    /// - Precondition: the range lies within the bytes, as those of ``content()`` do.
    @inlinable
    public init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// Whether the message that is read has no more fields.
    @inlinable @inline(__always)
    public var isAtEnd: Bool { position >= end }

    /// Reads a message inside this one, which begins with its length.
    ///
    /// - Parameter body: Reads it until ``isAtEnd``.
    /// - Throws: What the body throws, and the failure for a length that is not there.
    @inlinable @inline(__always)
    public mutating func nested(
        _ body: (inout ProtobufReader) throws(Failure) -> Void
    ) throws(Failure) {
        let length = try length()
        guard depth < Self.maximumDepth else {
            throw fault("messages are nested deeper than \(Self.maximumDepth)")
        }
        let outer = end
        end = position + length
        depth += 1
        try body(&self)
        depth -= 1
        position = end
        end = outer
    }

    /// The number of the next field and how it is written.
    ///
    /// - Throws: The failure for the number 0 or one too large, and for a wire type that is none,
    ///   among them groups.
    @inlinable @inline(__always)
    public mutating func tag() throws(Failure) -> (field: UInt64, wire: Wire) {
        let tag = try variable()
        let field = tag >> 3
        guard let wire = Wire(rawValue: UInt8(truncatingIfNeeded: tag & 7)), field > 0,
            field <= Self.maximumField
        else {
            throw fault("a field has the number \(field) and the wire type \(tag & 7)")
        }
        return (field, wire)
    }

    /// A number in groups of seven bits, the lowest first.
    ///
    /// - Throws: The failure for one of more than 64 bits, or that does not end.
    @inlinable @inline(__always)
    public mutating func variable() throws(Failure) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = bytes[position]
            position += 1
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard shift < 63 || byte <= 1 else { break }
                return result
            }
            shift += 7
        }
        throw fault("a number does not end")
    }

    /// Eight bytes, the lowest first.
    ///
    /// - Throws: The failure when they are not there.
    @inlinable @inline(__always)
    public mutating func fixed64() throws(Failure) -> UInt64 {
        guard end - position >= 8 else { throw fault("eight bytes are missing") }
        defer { position += 8 }
        // Inside the array: the end never lies behind its last byte.
        return UInt64(
            littleEndian: unsafe bytes.span.bytes.unsafeLoadUnaligned(
                fromByteOffset: position,
                as: UInt64.self
            )
        )
    }

    /// Four bytes, the lowest first.
    ///
    /// - Throws: The failure when they are not there.
    @inlinable @inline(__always)
    public mutating func fixed32() throws(Failure) -> UInt32 {
        guard end - position >= 4 else { throw fault("four bytes are missing") }
        defer { position += 4 }
        return UInt32(
            littleEndian: unsafe bytes.span.bytes.unsafeLoadUnaligned(
                fromByteOffset: position,
                as: UInt32.self
            )
        )
    }

    /// The length of what follows, all of which is there.
    @inlinable @inline(__always)
    mutating func length() throws(Failure) -> Int {
        let length = try variable()
        guard length <= UInt64(end - position) else {
            throw fault("\(length) bytes are announced and \(end - position) are left")
        }
        return Int(length)
    }

    /// The place of a field's bytes, which begin with their length; it is passed over.
    ///
    /// - Throws: The failure when they are not all there.
    @inlinable
    public mutating func content() throws(Failure) -> Range<Int> {
        let length = try length()
        defer { position += length }
        return position..<position + length
    }

    /// The place of a text, which begins with its length; it is passed over.
    ///
    /// - Throws: The failure when it is not all there, or no UTF-8.
    @inlinable
    public mutating func textContent() throws(Failure) -> Range<Int> {
        let place = try content()
        guard (try? UTF8Span(validating: bytes.span.extracting(place))) != nil else {
            position = place.lowerBound
            throw fault("a text is no UTF-8")
        }
        return place
    }

    /// Text of UTF-8 that begins with its length.
    ///
    /// - Throws: The failure when it is not all there, or no UTF-8.
    @inlinable
    public mutating func text() throws(Failure) -> String {
        let length = try length()
        let place = position..<position + length
        guard let text = Self.text(bytes.span.extracting(place)) else {
            throw fault("a text is no UTF-8")
        }
        position = place.upperBound
        return text
    }

    @inlinable
    static func text(_ bytes: Span<UInt8>) -> String? {
        guard let text = try? UTF8Span(validating: bytes) else { return nil }
        return String(copying: text)
    }

    /// Passes over a field that nobody asks for.
    ///
    /// - Throws: The failure when it is not all there.
    @inlinable
    public mutating func skip(_ wire: Wire) throws(Failure) {
        switch wire {
        case .variable: _ = try variable()
        case .fixed64: _ = try fixed64()
        case .bytes: position += try length()
        case .fixed32: _ = try fixed32()
        }
    }

    /// Requires that a field is written as it should be.
    ///
    /// - Throws: The failure when it is not.
    @inlinable @inline(__always)
    public func require(_ wire: Wire, _ expected: Wire, _ name: String) throws(Failure) {
        guard wire == expected else {
            throw fault("\(name) has the wire type \(wire.rawValue), not \(expected.rawValue)")
        }
    }

    /// The caller's error for something wrong at the place that is read.
    @inlinable @inline(never)
    public func fault(_ problem: String) -> Failure {
        Failure.malformedProtobuf(problem, offset: position)
    }
}

/// An error that says what is wrong with a message of protobuf.
public protocol ProtobufFailure: Error {
    /// The error for bytes that are no message.
    ///
    /// - Parameters:
    ///   - problem: what is wrong, without the place.
    ///   - offset: the byte, counted from 0, where it was found.
    /// - Returns: the error.
    static func malformedProtobuf(_ problem: String, offset: Int) -> Self
}
