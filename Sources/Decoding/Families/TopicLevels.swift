/// The levels of a topic as ranges of its bytes, found anew at each question: topics are short, and
/// nothing is allocated.
struct TopicLevels {
    let topic: [UInt8]
    /// How many levels there are; an empty topic has one.
    let count: Int

    init(_ topic: [UInt8]) {
        self.topic = topic
        var count = 1
        for byte in topic where byte == UInt8(ascii: "/") { count += 1 }
        self.count = count
    }

    /// Whether a level, counted from 0 or below zero from the end, has that name.
    func level(_ place: Int, is name: StaticString) -> Bool {
        guard let range = range(place), range.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { topic[range].elementsEqual($0) }
    }

    /// The range of a level, counted from 0 or below zero from the end; nil beyond.
    func range(_ place: Int) -> Range<Int>? {
        if place < 0 { return rangeFromEnd(-place) }
        guard place < count else { return nil }
        let topic = topic.span
        var start = 0
        var level = 0
        for index in topic.indices where topic[index] == UInt8(ascii: "/") {
            if level == place { return start..<index }
            level += 1
            start = index + 1
        }
        return start..<topic.count
    }

    /// The range of a level, counted from 1 for the last; nil beyond.
    private func rangeFromEnd(_ place: Int) -> Range<Int>? {
        guard place <= count else { return nil }
        let topic = topic.span
        var end = topic.count
        var start = end
        for level in 1...place {
            if level > 1 { end = start - 1 }
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
