import TestKit
import Testing

@testable import Decoding

/// Levels that are found eight bytes at a time, beside those that splitting gives.
struct TopicLevelsTests {
    /// Strokes, their neighbours in the table of characters, and bytes with the highest bit.
    private static let bytes: [UInt8] = [0x2F, 0x2F, 0x2E, 0x30, 0x61, 0xAF, 0xAE, 0xFF, 0x00]

    private static func topic(_ generator: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...40, using: &generator)).map { _ in
            bytes[Int.random(in: 0..<bytes.count, using: &generator)]
        }
    }

    @Test func `levels are what stands between strokes`() {
        var generator = SeededGenerator.forTest()
        for _ in 0..<500 {
            let topic = Self.topic(&generator)
            let parts = topic.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            let levels = TopicLevels(topic)
            #expect(levels.count == parts.count)
            for beyond in [parts.count, parts.count + 1, parts.count + 5] {
                #expect(levels.range(beyond) == nil)
                #expect(levels.range(-beyond - 1) == nil)
            }
            for (place, part) in parts.enumerated() {
                let range = part.startIndex..<part.endIndex
                #expect(levels.range(place) == range)
                #expect(levels.range(place - parts.count) == range)
                #expect(TopicLevels.end(of: topic.span, from: range.lowerBound) == range.upperBound)
            }
        }
    }
}
