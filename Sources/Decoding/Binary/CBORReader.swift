/// Reads CBOR item by item, without copying.
///
/// An item begins with a byte: three bits of major type, five of additional information, which is
/// the argument itself up to 23, says that 1, 2, 4 or 8 bytes of it follow (24 to 27), or that the
/// length is not known yet and a break (0xFF) ends the item (31).
///
/// - Source: RFC 8949, sections 3 and 3.2 (indefinite lengths).
struct CBORReader {
    /// The beginning of an item; arrays, maps and tags are followed by what belongs to them.
    enum Head: Equatable {
        /// A whole number of 0 to 2^64 − 1.
        case unsigned(UInt64)
        /// The whole number −1 − n.
        case negative(UInt64)
        /// Bytes; nil when they come in pieces up to a break.
        case bytes(Int?)
        /// UTF-8; nil when it comes in pieces up to a break.
        case text(Int?)
        /// Items; nil up to a break.
        case array(Int?)
        /// Pairs of items; nil up to a break.
        case map(Int?)
        /// What the next item means.
        case tag(UInt64)
        /// A simple value such as false (20), true (21), null (22).
        case simple(UInt8)
        /// A floating point number.
        case float(Double)
        /// The end of what has no known length.
        case end
    }

    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether a payload begins as an array of CBOR, also with the tag that says it is CBOR.
    ///
    /// No text in UTF-8 begins with such a byte.
    static func isArray(_ payload: Span<UInt8>) -> Bool {
        guard !payload.isEmpty else { return false }
        return (0x80...0x9F).contains(payload[0]) || payload[0] == 0xD9
    }

    /// The tag that only says "this is CBOR"; RFC 8949 section 3.4.6.
    static let selfDescribed: UInt64 = 55_799
    /// The tag of a whole number of any size as bytes, n; section 3.4.3.
    static let bigNumber: UInt64 = 2
    /// The tag of a whole number of any size as bytes, −1 − n; section 3.4.3.
    static let negativeBigNumber: UInt64 = 3
    /// The tag of a decimal fraction: an array of exponent and mantissa; section 3.4.4.
    static let decimalFraction: UInt64 = 4

    var isAtEnd: Bool { position >= bytes.count }

    /// Reads the beginning of the next item.
    ///
    /// - Throws: ``DecodingError/notCBOR(offset:problem:)``.
    mutating func head() throws(DecodingError) -> Head {
        let start = position
        guard let first = bytes[position...].first else { throw fault("an item is missing") }
        position += 1
        let major = first >> 5
        let information = first & 0x1F
        if information == 31 {
            switch major {
            case 2: return .bytes(nil)
            case 3: return .text(nil)
            case 4: return .array(nil)
            case 5: return .map(nil)
            case 7: return .end
            default: throw fault("type \(major) has no indefinite length", at: start)
            }
        }
        let argument = try self.argument(information, start)
        switch major {
        case 0: return .unsigned(argument)
        case 1: return .negative(argument)
        case 2: return .bytes(try length(argument, start))
        case 3: return .text(try length(argument, start))
        case 4: return .array(try length(argument, start))
        case 5: return .map(try length(argument, start))
        case 6: return .tag(argument)
        default: return try special(information, argument, start)
        }
    }

    /// Passes over an item with all that belongs to it.
    ///
    /// - Throws: ``DecodingError``; ``DecodingError/tooDeep(limit:offset:)`` when it is nested
    ///   deeper than a number of levels.
    mutating func skip(depth: Int) throws(DecodingError) {
        try skip(try head(), depth: depth)
    }

    mutating func skip(_ head: Head, depth: Int) throws(DecodingError) {
        guard depth > 0 else { throw .tooDeep(limit: DecodingLimits().depth, offset: position) }
        switch head {
        case .unsigned, .negative, .simple, .float: return
        case .end: throw fault("an end where an item is due")
        case .bytes(let count?), .text(let count?): position += count
        case .tag: try skip(depth: depth - 1)
        case .array(let count?): for _ in 0..<count { try skip(depth: depth - 1) }
        case .map(let count?): for _ in 0..<2 * count { try skip(depth: depth - 1) }
        case .bytes(nil), .text(nil), .array(nil), .map(nil):
            while true {
                let inner = try self.head()
                if inner == .end { return }
                try skip(inner, depth: depth - 1)
            }
        }
    }

    /// Reads the bytes of a text or of bytes, in pieces or not.
    ///
    /// - Throws: ``DecodingError/notCBOR(offset:problem:)``;
    ///   ``DecodingError/notUTF8(what:offset:)`` for a text that is none.
    mutating func content(_ head: Head) throws(DecodingError) -> [UInt8] {
        switch head {
        case .bytes(let count?), .text(let count?): return try piece(count, head)
        case .bytes(nil), .text(nil):
            var whole: [UInt8] = []
            while true {
                let inner = try self.head()
                switch (head, inner) {
                case (_, .end): return whole
                case (.bytes, .bytes(let count?)), (.text, .text(let count?)):
                    whole += try piece(count, inner)
                default: throw fault("a piece of another type inside a text or bytes")
                }
            }
        default: throw fault("expected a text or bytes")
        }
    }

    func fault(_ problem: String, at offset: Int? = nil) -> DecodingError {
        .notCBOR(offset: offset ?? position, problem: problem)
    }

    // MARK: Parts

    private mutating func piece(_ count: Int, _ head: Head) throws(DecodingError) -> [UInt8] {
        let place = position..<position + count
        if case .text = head {
            do {
                _ = try UTF8Span(validating: bytes.span.extracting(place))
            } catch {
                let offset = position + error.byteOffsets.lowerBound
                throw .notUTF8(what: "text", offset: offset)
            }
        }
        position = place.upperBound
        return Array(bytes[place])
    }

    private mutating func argument(_ information: UInt8, _ start: Int) throws(DecodingError)
        -> UInt64
    {
        if information < 24 { return UInt64(information) }
        guard information <= 27 else {
            throw fault("the additional information \(information) is reserved", at: start)
        }
        let count = 1 << Int(information - 24)
        guard bytes.count - position >= count else {
            throw fault("\(count) bytes of an argument are missing", at: start)
        }
        var argument: UInt64 = 0
        for _ in 0..<count {
            argument = argument << 8 | UInt64(bytes[position])
            position += 1
        }
        return argument
    }

    /// A length of which nothing can be missing: each item of an array takes a byte.
    private func length(_ argument: UInt64, _ start: Int) throws(DecodingError) -> Int {
        guard argument <= UInt64(bytes.count - position) else {
            throw fault("\(argument) are announced, more than bytes are left", at: start)
        }
        return Int(argument)
    }

    private func special(_ information: UInt8, _ argument: UInt64, _ start: Int)
        throws(DecodingError) -> Head
    {
        switch information {
        case 25: return .float(Double(Float(halfBits: UInt16(argument))))
        case 26: return .float(Double(Float(bitPattern: UInt32(argument))))
        case 27: return .float(Double(bitPattern: argument))
        case 24 where argument < 32:
            throw fault("a simple value in two bytes is too small", at: start)
        default: return .simple(UInt8(argument))
        }
    }
}

extension Float {
    /// A number of IEEE 754 binary16, which not every processor has.
    init(halfBits bits: UInt16) {
        let exponent = UInt32(bits >> 10 & 0x1F)
        let fraction = UInt32(bits & 0x3FF)
        let sign = UInt32(bits >> 15) << 31
        switch exponent {
        case 0:
            let size = Float(fraction) * Float(sign: .plus, exponent: -24, significand: 1)
            self = sign == 0 ? size : -size
        case 31: self = Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
