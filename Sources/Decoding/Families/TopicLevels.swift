/// The levels of a topic as ranges of its bytes, found anew at each question: topics are short, and
/// nothing is allocated.
struct TopicLevels: Sendable {
    private(set) var topic: [UInt8]

    init(_ topic: [UInt8]) { self.topic = topic }

    /// Takes another topic; the room is kept.
    mutating func replaceTopic(with bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { topic.replaceSubrange(topic.indices, with: $0) }
    }

    /// How many levels there are; an empty topic has one.
    var count: Int { Self.strokeCount(topic.span) + 1 }

    private static func strokeCount(_ topic: Span<UInt8>) -> Int {
        let raw = topic.bytes
        var count = 0
        var position = 0
        while position <= raw.byteCount - 8 {
            let bytes = raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            // One for each stroke, added up in the highest byte.
            let ones: UInt64 = 0x0101_0101_0101_0101
            count += Int((strokes(bytes) >> 7 &* ones) >> 56)
            position += 8
        }
        while position < topic.count {
            if topic[position] == UInt8(ascii: "/") { count += 1 }
            position += 1
        }
        return count
    }

    /// The end of the level that starts at a place: its stroke, or the end of the topic.
    static func end(of topic: Span<UInt8>, from start: Int) -> Int {
        let raw = topic.bytes
        var position = start
        while position <= raw.byteCount - 8 {
            let bytes = raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            let found = strokes(UInt64(littleEndian: bytes))
            if found != 0 { return position + found.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < topic.count, topic[position] != UInt8(ascii: "/") { position += 1 }
        return position
    }

    /// The highest bit of each of eight bytes that is a stroke, and no other bit.
    ///
    /// - Source: H. S. Warren, "Hacker's Delight", 2nd edition, section 6-1.
    private static func strokes(_ bytes: UInt64) -> UInt64 {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let others = bytes ^ 0x0101_0101_0101_0101 &* UInt64(UInt8(ascii: "/"))
        return ~((others & low) &+ low | others | low)
    }

    /// Whether a level, counted from 0 or below zero from the end, has that name.
    func level(_ place: Int, is name: StaticString) -> Bool {
        guard let range = range(place), range.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { topic[range].elementsEqual($0) }
    }

    /// The range of a level, counted from 0 or below zero from the end; nil beyond.
    func range(_ place: Int) -> Range<Int>? {
        if place < 0 { return rangeFromEnd(-place) }
        let topic = topic.span
        var start = 0
        var level = 0
        for index in topic.indices where topic[index] == UInt8(ascii: "/") {
            if level == place { return start..<index }
            level += 1
            start = index + 1
        }
        return level == place ? start..<topic.count : nil
    }

    /// The range of a level, counted from 1 for the last; nil beyond.
    private func rangeFromEnd(_ place: Int) -> Range<Int>? {
        let topic = topic.span
        var end = topic.count
        var start = end
        for level in 1...place {
            if level > 1 {
                if start == 0 { return nil }
                end = start - 1
            }
            start = end
            while start > 0, topic[start - 1] != UInt8(ascii: "/") { start -= 1 }
        }
        return start..<end
    }

    /// The level after the first of a name, or nil.
    func level(after name: StaticString) -> Range<Int>? {
        for place in 0..<count where level(place, is: name) { return range(place + 1) }
        return nil
    }
}
