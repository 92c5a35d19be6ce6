/// Words of topics and payloads, compared without making texts.
extension TopicLevels {
    /// The topic without its last levels; nil when nothing would be left.
    func range(droppingLast count: Int) -> Range<Int>? {
        guard count < self.count, let last = range(self.count - 1 - count), last.upperBound > 0
        else { return nil }
        return 0..<last.upperBound
    }
}

/// A payload that is one word, as availability topics have it.
enum PayloadWord {
    /// Whether a payload is that word; blanks around it do not count.
    static func equal(_ payload: Span<UInt8>, _ word: StaticString) -> Bool {
        var start = 0
        var end = payload.count
        while start < end, payload[start] <= 0x20 { start += 1 }
        while end > start, payload[end - 1] <= 0x20 { end -= 1 }
        guard end - start == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { letters in
            for index in 0..<letters.count where payload[start + index] != letters[index] {
                return false
            }
            return true
        }
    }

    /// The first byte that is no blank, or nil.
    static func first(_ payload: Span<UInt8>) -> UInt8? {
        for index in payload.indices where payload[index] > 0x20 { return payload[index] }
        return nil
    }
}
