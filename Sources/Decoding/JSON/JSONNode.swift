/// One node of a ``JSONDocument``: 16 bytes that say where its text stands.
struct JSONNode {
    enum Kind: UInt8 {
        case object
        case array
        case key
        case string
        case number
        case yes
        case no
        case null
    }

    var kind: Kind
    /// Whether a string or key holds a backslash, until its text is put behind the document's.
    var isEscaped = false
    /// First byte; for strings and keys the first of what they say.
    var start: UInt32
    /// Past the last byte; for strings and keys past what they say.
    var end: UInt32
    /// Index past the node and all inside it; for a key its signature instead.
    var next: UInt32

    /// What `next` of an open container says where there is no outer one.
    static let none = UInt32.max
    /// What stands where no node was written yet.
    static let unused = JSONNode(kind: .null, start: 0, end: 0, next: 0)

    var range: Range<Int> { Int(start)..<Int(end) }
}

/// A key to look for, with a signature that tells most others apart at one comparison.
struct JSONKey: Hashable, Sendable {
    let bytes: [UInt8]
    let signature: UInt32

    init(_ text: String) {
        let bytes = Array(text.utf8)
        self.bytes = bytes
        signature = Self.signature(bytes.span, 0..<bytes.count)
    }

    /// Whether two texts hold the same bytes from two places on.
    ///
    /// Four or eight at once, the last over those before where fewer are left.
    static func isSame(
        _ one: Span<UInt8>,
        _ start: Int,
        _ other: Span<UInt8>,
        _ otherStart: Int,
        count: Int
    ) -> Bool {
        guard count >= 4 else {
            for index in 0..<count where one[start + index] != other[otherStart + index] {
                return false
            }
            return true
        }
        // Pieces of their length, so that every load lies in what was asked for.
        let (left, right) = (
            one.extracting(start..<(start + count)).bytes,
            other.extracting(otherStart..<(otherStart + count)).bytes
        )
        guard count >= 8 else {
            let first =
                left.unsafeLoadUnaligned(as: UInt32.self)
                ^ right.unsafeLoadUnaligned(as: UInt32.self)
            let last =
                left.unsafeLoadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
                ^ right.unsafeLoadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
            return first | last == 0
        }
        var place = 0
        while true {
            if left.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
                != right.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
            {
                return false
            }
            if place == count - 8 { return true }
            place = min(place + 8, count - 8)
        }
    }

    /// Length, first, middle and last byte.
    @inline(__always)
    static func signature(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
        let (start, end) = (range.lowerBound, range.upperBound)
        guard start != end else { return 0 }
        // No sum of places in a text that exists overflows.
        let count = end &- start
        let length = UInt32(truncatingIfNeeded: count)
        let first = UInt32(text[start])
        let middle = UInt32(text[start &+ count >> 1])
        let last = UInt32(text[end &- 1])
        return length << 24 | first << 16 | middle << 8 | last
    }

    /// The bits of a signature mixed by multiplication with Knuth's golden ratio, the highest best.
    static func mixed(_ signature: UInt32) -> UInt32 { signature &* 0x9E37_79B1 }
}
