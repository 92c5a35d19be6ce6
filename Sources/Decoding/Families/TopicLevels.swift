/// The levels of a topic as ranges of its bytes.
struct TopicLevels {
    let topic: [UInt8]
    private(set) var ranges: [Range<Int>] = []

    init(_ topic: [UInt8]) {
        self.topic = topic
        var start = 0
        for index in 0...topic.count where index == topic.count || topic[index] == 0x2F {
            ranges.append(start..<index)
            start = index + 1
        }
    }

    var count: Int { ranges.count }

    /// Whether a level, counted from 0 or below zero from the end, has that name.
    func level(_ place: Int, is name: StaticString) -> Bool {
        guard let range = range(place), range.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { topic[range].elementsEqual($0) }
    }

    /// The range of a level, counted from 0 or below zero from the end; nil beyond.
    func range(_ place: Int) -> Range<Int>? {
        let index = place < 0 ? ranges.count + place : place
        return ranges.indices.contains(index) ? ranges[index] : nil
    }

    /// The level after the first of a name, or nil.
    func level(after name: StaticString) -> Range<Int>? {
        for place in 0..<ranges.count where level(place, is: name) { return range(place + 1) }
        return nil
    }
}
