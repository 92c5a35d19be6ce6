@testable import QualityControl
import Telemetry
import TestKit
import Testing

@Suite struct ShiftTests {
    private static let quarters = 96

    private static func limits(_ least: Double) -> QualityPolicy.Change {
        var change = QualityPolicy.Change()
        change.spikeFactor = .off
        change.leastShift = .on(least)
        return change
    }

    /// Eight days of quarter hours that rise and fall by a step of 0.25 between 10 and 12.
    private func known(least: Double = 0.5) throws -> CheckedSeries {
        var series = try CheckedSeries(Self.limits(least))
        for quarter in 0..<8 * Self.quarters {
            series.take(Self.usual(quarter), minute: quarter * 15)
        }
        #expect(series.marks.isEmpty)
        return series
    }

    private static func usual(_ quarter: Int) -> Double { 10 + abs(Double(quarter % 16) - 8) / 4 }

    private static func minute(day: Int, quarter: Int = 0) -> Int { day * 1440 + quarter * 15 }

    @Test func `what jumps away is marked until it is back`() throws {
        var series = try known()
        for quarter in 0..<10 {
            series.take(30 + Double(quarter), minute: Self.minute(day: 8, quarter: quarter))
        }
        series.take(11, minute: Self.minute(day: 8, quarter: 10))
        #expect(series.markedMinutes == (0..<10).map { Self.minute(day: 8, quarter: $0) })
        #expect(Set(series.marks.values) == [.levelShift])
        #expect(QualityReason.levelShift.quality == .suspicious)
    }

    @Test func `what gets far by small steps is weather and no shift`() throws {
        var series = try known()
        for quarter in 0..<200 {
            series.take(
                10 + 0.25 * Double(quarter),
                minute: Self.minute(day: 8, quarter: quarter)
            )
        }
        #expect(series.marks.isEmpty)
    }

    @Test func `a jump lower than the least height is none`() throws {
        var series = try known(least: 40)
        var higher = series
        series.take(49, minute: Self.minute(day: 8))
        #expect(series.marks.isEmpty)
        higher.take(53, minute: Self.minute(day: 8))
        #expect(higher.marks.count == 1)
    }

    @Test func `a new level is taken for the usual one after two weeks`() throws {
        var series = try known()
        for quarter in 0..<30 * Self.quarters {
            series.take(
                20 + Self.usual(quarter),
                minute: Self.minute(day: 8, quarter: quarter)
            )
        }
        let days = series.markedMinutes.map { $0 / 1440 - 8 }
        #expect(Set(days) == Set(0...14))
        #expect(series.marks.count == 14 * Self.quarters + 1)
        series.take(Self.usual(0), minute: Self.minute(day: 38))
        #expect(series.marks[CheckedSeries.time(Self.minute(day: 38))] == .levelShift)
    }

    @Test func `after a week of silence the level is learned anew`() throws {
        var series = try known()
        series.take(50, minute: Self.minute(day: 16))
        #expect(series.marks.isEmpty)
    }

    @Test func `nothing is a shift before a week is known`() throws {
        var series = try CheckedSeries(Self.limits(0.5))
        for quarter in 0..<6 * Self.quarters {
            series.take(Self.usual(quarter), minute: quarter * 15)
        }
        series.take(500, minute: Self.minute(day: 6))
        #expect(series.marks.isEmpty)
    }

    @Test func `memory of the version before shifts is taken`() throws {
        var series = try CheckedSeries(.spikes(6))
        for place in 0..<50 { series.take(Double(place), minute: place * 15) }
        let memory = series.control.memory
        // The last five bytes: no shift check, and no clocks.
        let old = [1] + memory.dropFirst().dropLast(5) + memory.suffix(4)
        var control = QualityControl()
        let isTaken = control.recall(old)
        #expect(isTaken && control.memory == memory)
    }
}
