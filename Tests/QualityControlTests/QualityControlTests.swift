@testable import QualityControl
import Telemetry
import TestKit
import Testing

@Suite struct QualityControlTests {
    @Test(
        arguments: [
            ("water.tank_fill", 360), ("water.pressure", 60), ("water.turbidity", 120),
            ("water.ph", 720), ("water.dissolved_oxygen", 360),
        ])
    func `a value that rests is flat after the time of its kind`(
        quantity: String,
        minutes: Int
    ) throws {
        var series = try CheckedSeries(QualityPolicy(), quantity: quantity)
        for minute in stride(from: 0, through: minutes + 60, by: 15) {
            let judgement = series.take(7, minute: minute)
            #expect((judgement.reason != nil) == (minute >= minutes), "\(minute)")
            #expect((judgement.restBegan != nil) == (minute == minutes))
        }
        #expect(series.markedMinutes.first == 0, "where the rest began")
        #expect(Set(series.marks.values) == [.flatLine])
        let moved = series.take(7.5, minute: minutes + 75)
        #expect(moved == .accepted)
    }

    @Test(arguments: ["lamp.power", "bin.fill", "lamp.on", "water.volume", "air.temperature"])
    func `what may rest is never flat`(quantity: String) throws {
        var control = QualityControl()
        let named = try #require(Quantity.named(quantity))
        let place = control.place(of: named, channel: nil, address: "a", device: "a")
        #expect(place == nil)
    }

    @Test func `a rest needs readings, and is not seen across a gap`() throws {
        var few = try CheckedSeries(.rest(.hours(6)))
        for place in 0..<5 { few.take(1, minute: place * 90) }
        #expect(few.marks.isEmpty)
        let sixth = few.take(1, minute: 450)
        #expect(sixth.reason == .flatLine)
        var gap = try CheckedSeries(.rest(.hours(6)))
        for place in 0..<6 { gap.take(1, minute: place * 15) }
        gap.take(1, minute: 75 + 181)
        for place in 1..<24 { gap.take(1, minute: 256 + 15 * place) }
        #expect(gap.marks.isEmpty)
        let last = gap.take(1, minute: 256 + 360)
        #expect(last.reason == .flatLine)
    }

    @Test func `a counter that rests is stuck, one that runs evenly never has a mark`() throws {
        var random = CheckedSeries.random("counters")
        for _ in 0..<50 {
            var limits = QualityPolicy.Change.rest(.hours(24))
            limits.spikeFactor = .on(6)
            limits.fastestChangePerHour = .on(100)
            var series = try CheckedSeries(limits, quantity: "water.volume")
            let rate = Double.random(in: 0.001...1.5, using: &random)
            let interval = Int.random(in: 1...60, using: &random)
            for place in 0..<500 {
                series.take(1000 + rate * Double(place), minute: place * interval)
            }
            #expect(series.marks.isEmpty, "rate \(rate), every \(interval) min")
            let last = 499 * interval
            for minute in stride(from: last, through: last + 1500, by: interval) {
                series.take(1000 + rate * 499, minute: minute)
            }
            #expect(Set(series.marks.values) == [.stuckCounter])
        }
    }

    @Test func `range and sentinels reject, and a rejected reading changes nothing`() throws {
        var limits = QualityPolicy.Change()
        limits.range = 0...14
        limits.sentinels = [-9999, 7.999]
        limits.fastestChangePerHour = .on(1)
        limits.spikeFactor = .off
        var series = try CheckedSeries(limits, quantity: "water.conductivity")
        let values = [7, 15.2, -9999, 7.999, 7.9, 9]
        let reasons = values.enumerated().map { series.take($0.element, minute: $0.offset * 15) }
            .map(\.reason)
        #expect(reasons == [nil, .outOfRange, .outOfRange, .sentinel, nil, .rateOfChange])
        #expect(QualityReason.sentinel.quality == .rejected)
    }

    @Test func `late and repeated readings change nothing`() throws {
        var random = CheckedSeries.random("late readings")
        var limits = QualityPolicy.Change.rest(.hours(2))
        limits.spikeFactor = .on(6)
        limits.fastestChangePerHour = .on(50)
        var plain = try CheckedSeries(limits)
        var disturbed = try CheckedSeries(limits)
        for place in 0..<2_000 {
            let value = Self.value(place, &random)
            plain.take(value, minute: place * 15)
            disturbed.take(value, minute: place * 15)
            let late = Int.random(in: 0...place, using: &random)
            if Bool.random(using: &random) {
                let judgement = disturbed.take(Self.value(place, &random), minute: late * 15)
                #expect(judgement == .accepted)
            }
        }
        #expect(plain.marks == disturbed.marks)
        #expect(Set(plain.marks.values) == [.spike, .flatLine, .rateOfChange])
    }

    @Test func `a restart anywhere changes no mark`() throws {
        var random = CheckedSeries.random("restarts")
        var limits = QualityPolicy.Change.rest(.hours(2))
        limits.spikeFactor = .on(6)
        limits.leastShift = .on(1)
        var policy = QualityPolicy()
        policy.quantities["water.level"] = limits
        var plain = try CheckedSeries(policy)
        var restarted = try CheckedSeries(policy)
        for place in 0..<1_000 {
            let isAway = (800..<840).contains(place)
            let value = Self.value(place, &random) + (isAway ? 5_000 : 0)
            plain.take(value, minute: place * 15)
            restarted.take(value, minute: place * 15)
            if Int.random(in: 0..<5, using: &random) == 0 { try restarted.restart(policy) }
        }
        #expect(plain.marks == restarted.marks)
        #expect(plain.marks.count > 10 && plain.marks.values.contains(.levelShift))
    }

    @Test func `memory that is cut off or of another version is refused`() throws {
        var limits = QualityPolicy.Change.spikes(6)
        limits.leastShift = .on(1)
        var series = try CheckedSeries(limits)
        for place in 0..<50 { series.take(Double(place), minute: place * 15) }
        var control = series.control
        _ = control.clockPlace(of: "b")
        let memory = control.memory
        for length in 1..<memory.count {
            var fresh = QualityControl()
            let isTaken = fresh.recall(Array(memory.prefix(length)))
            #expect(!isTaken && fresh.memory.isEmpty)
        }
        var fresh = QualityControl()
        let taken = [[3] + memory.dropFirst(), memory].map { fresh.recall($0) }
        #expect(taken == [false, true])
        #expect(fresh.memory == memory)
    }

    @Test func `series above the limit are held against range and sentinels alone`() throws {
        var control = QualityControl()
        let acidity = try #require(Quantity.named("water.ph"))
        for number in 0..<QualityControl.maximumSeries {
            _ = control.place(of: acidity, channel: nil, address: "d\(number)", device: "d")
        }
        #expect(control.uncheckedSeries == 0)
        let made = control.place(of: acidity, channel: nil, address: "late", device: "late")
        let place = try #require(made)
        #expect(control.uncheckedSeries == 1)
        // It is looked up anew when its device is moved.
        _ = control.place(of: acidity, channel: nil, address: "late", device: "late")
        #expect(control.uncheckedSeries == 1)
        for minute in stride(from: 0, to: 1_000, by: 15) {
            let sample = Sample(time: CheckedSeries.time(minute), value: 7)
            let judgement = control.judge(sample, at: place)
            #expect(judgement == .accepted)
        }
    }

    @Test func `a device's own limits go before those of the quantity`() throws {
        var policy = QualityPolicy()
        policy.quantities["water.ph"] = .rest(.hours(3))
        var own = QualityPolicy.Change()
        own.flatAfter = .off
        own.leastShift = .off
        policy.devices["W-1"] = ["water.ph": own]
        let acidity = try #require(Quantity.named("water.ph"))
        #expect(policy.limits(of: acidity, device: "W-2").flatAfter == .hours(3))
        #expect(policy.limits(of: acidity, device: "W-1").flatAfter == nil)
        #expect(policy.limits(of: acidity, device: "W-1").checksAnything == false)
    }

    /// Six hours of rest in each day of small steps, and a leap now and then.
    private static func value(_ place: Int, _ random: inout SeededGenerator) -> Double {
        if Int.random(in: 0..<40, using: &random) == 0 { return 500 }
        return place / 24 % 4 == 0 ? 1 : Double.random(in: 1...3, using: &random)
    }
}
