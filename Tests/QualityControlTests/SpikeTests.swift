@testable import QualityControl
import Telemetry
import TestKit
import Testing

@Suite struct SpikeTests {
    /// A day of quarter hours, 1, 2 and 3 in turn: a deviation of 1 and steps of 2 at most.
    private func quiet() throws -> CheckedSeries {
        var series = try CheckedSeries(.spikes(20))
        for quarter in 0..<96 { series.take(1 + Double(quarter / 2 % 3), minute: quarter * 15) }
        #expect(series.marks.isEmpty)
        return series
    }

    @Test func `a reading that leaves the level and comes back is a spike`() throws {
        var series = try quiet()
        series.take(30, minute: 1440)
        #expect(series.marks.isEmpty, "nobody knows yet whether it comes back")
        let judgement = series.take(2, minute: 1455)
        #expect(judgement.firstSpike?.value == 30)
        #expect(series.markedMinutes == [1440])
        #expect(QualityReason.spike.quality == .doubtful)
    }

    @Test func `two readings away are a spike, three are a new level`() throws {
        var two = try quiet()
        for (place, value) in [30.0, 40, 2].enumerated() {
            two.take(value, minute: 1440 + 15 * place)
        }
        #expect(two.markedMinutes == [1440, 1455])
        var three = try quiet()
        for (place, value) in [30.0, 40, 35, 2].enumerated() {
            three.take(value, minute: 1440 + 15 * place)
        }
        #expect(three.marks.isEmpty)
    }

    @Test func `a spike stands out from the last steps, not from the day alone`() throws {
        var series = try quiet()
        // A flood: the level moves by 10 a reading, 20 times the day's deviation and no spike.
        for (place, value) in [12.0, 22, 12, 22, 12, 22].enumerated() {
            series.take(value, minute: 1440 + 15 * place)
        }
        let during = series.marks.count
        series.take(40, minute: 1530)
        series.take(22, minute: 1545)
        #expect(series.marks.count == during)
    }

    @Test func `without six hours of readings, and without variation, nothing is a spike`() throws {
        var short = try CheckedSeries(.spikes(6))
        for quarter in 0..<22 { short.take(Double(quarter % 2), minute: quarter * 15) }
        short.take(500, minute: 22 * 15)
        short.take(1, minute: 23 * 15)
        #expect(short.marks.isEmpty)
        var constant = try CheckedSeries(.spikes(6))
        for quarter in 0..<96 { constant.take(1, minute: quarter * 15) }
        constant.take(500, minute: 1440)
        constant.take(1, minute: 1455)
        #expect(constant.marks.isEmpty)
    }

    @Test func `after a day of silence the level is learned anew`() throws {
        var series = try quiet()
        series.take(30, minute: 1440)
        series.take(2, minute: 1440 + 1500)
        series.take(300, minute: 1440 + 1515)
        series.take(2, minute: 1440 + 1530)
        #expect(series.marks.isEmpty)
    }

    @Test(arguments: [1, 5, 15, 30, 60])
    func `a spike of any size above the limit is marked, and nothing else`(interval: Int) throws {
        var random = CheckedSeries.random("spikes every \(interval) min")
        for _ in 0..<20 {
            var series = try CheckedSeries(.spikes(20))
            let scale = Double.random(in: 0.001...1000, using: &random)
            let readings = 2880 / interval
            for place in 0..<readings {
                let value = Double.random(in: -1...1, using: &random) * scale
                series.take(value, minute: place * interval)
            }
            #expect(series.marks.isEmpty)
            // The limit: the deviation is at most 1, a step at most 2, both times the scale.
            let size = scale * Double.random(in: 21...1_000_000, using: &random)
            let spike = Bool.random(using: &random) ? size : -size
            let length = Int.random(in: 1...2, using: &random)
            for place in 0..<length { series.take(spike, minute: (readings + place) * interval) }
            series.take(0, minute: (readings + length) * interval)
            let expected = (0..<length).map { (readings + $0) * interval }
            #expect(series.markedMinutes == expected, "size \(size), scale \(scale)")
        }
    }

    @Test func `the deviation is that of a plain array`() throws {
        var random = CheckedSeries.random("deviations")
        var spread = RollingSpread()
        var firsts: [Int64: Float] = [:]
        var time = CheckedSeries.start
        for _ in 0..<2_000 {
            let longest: Int64 = Bool.random(using: &random) ? 20 : 300
            time = time + .minutes(Int64.random(in: 1...longest, using: &random))
            let slot = time.milliseconds / RollingSpread.slotMilliseconds
            _ = spread.advance(to: time)
            let day = firsts.filter { $0.key < slot && $0.key > slot - 48 }.map(\.value).sorted()
            if day.count < RollingSpread.leastFilled {
                #expect(spread.deviation.isNaN)
            } else {
                let middle = Self.median(day)
                let deviation = Self.median(day.map { abs($0 - middle) }.sorted())
                #expect(spread.deviation == deviation)
            }
            let value = Float(Int.random(in: -20...20, using: &random))
            spread.add(Double(value))
            if firsts[slot] == nil { firsts[slot] = value }
        }
    }

    private static func median(_ sorted: [Float]) -> Float {
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
