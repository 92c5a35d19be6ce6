import Knowledge
import Telemetry
import TestKit
import Testing

struct IntervalLearningTests {
    private static let start = Instant(milliseconds: 1_773_100_000_000)

    /// Times of messages from the gaps between them, in seconds.
    private static func times(_ gaps: [Int64]) -> [Instant] {
        gaps.reduce(into: [start]) { times, gap in
            times.append((times.last ?? start) + .seconds(gap))
        }
    }

    @Test func `the interval is the 95th percentile of the gaps, whatever their order`() {
        var generator = SeededGenerator.forTest()
        let gaps = (1...100).map { Int64($0 * 60) }.shuffled(using: &generator)
        let times = Self.times(gaps).shuffled(using: &generator)
        #expect(IntervalLearning.interval(of: times) == .minutes(95))
    }

    @Test func `a few long pauses and double messages change nothing`() {
        var gaps = [Int64](repeating: 900, count: 60)
        gaps.replaceSubrange(10..<12, with: [86_400, 3600])
        // Each report in two messages, two seconds apart.
        let twice = gaps.flatMap { gap -> [Int64] in [2, gap - 2] }
        #expect(IntervalLearning.interval(of: Self.times(gaps)) == .seconds(900))
        #expect(IntervalLearning.interval(of: Self.times(twice)) == .seconds(898))
    }

    @Test func `fewer than twenty gaps teach nothing, and equal times are one message`() {
        let few = Self.times([Int64](repeating: 60, count: 19))
        #expect(IntervalLearning.interval(of: few) == nil)
        #expect(IntervalLearning.interval(of: few + few + [Self.start]) == nil)
        let enough = Self.times([Int64](repeating: 60, count: 20))
        #expect(IntervalLearning.interval(of: enough) == .seconds(60))
        #expect(IntervalLearning.interval(of: []) == nil)
    }

    @Test func `what can be learned has a least and a most`() {
        let short = Self.times([Int64](repeating: 1, count: 30))
        #expect(IntervalLearning.interval(of: short) == IntervalLearning.range.lowerBound)
        let long = Self.times([Int64](repeating: 60 * 86_400, count: 30))
        #expect(IntervalLearning.interval(of: long) == IntervalLearning.range.upperBound)
    }

    @Test func `a learned interval gives way to one that differs by more than a quarter`() {
        let held = Milliseconds.seconds(1000)
        #expect(IntervalLearning.replaces(.seconds(1), nil))
        for seconds in [800, 1000, 1250] as [Int64] {
            #expect(!IntervalLearning.replaces(.seconds(seconds), held), "\(seconds)")
        }
        for seconds in [799, 1251] as [Int64] {
            #expect(IntervalLearning.replaces(.seconds(seconds), held), "\(seconds)")
        }
    }
}
