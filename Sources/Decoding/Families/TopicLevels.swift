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
        let wanted = place < 0 ? count + place : place
        guard wanted >= 0, wanted < count else { return nil }
        var start = 0
        var level = 0
        for index in topic.indices where topic[index] == UInt8(ascii: "/") {
            if level == wanted { return start..<index }
            level += 1
            start = index + 1
        }
        return start..<topic.count
    }

    /// The level after the first of a name, or nil.
    func level(after name: StaticString) -> Range<Int>? {
        for place in 0..<count where level(place, is: name) { return range(place + 1) }
        return nil
    }
}
