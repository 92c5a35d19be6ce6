import Foundation
import QualityControl
import Telemetry
import TestKit
import Testing

/// One series under the checks, fed with readings; keeps who has which mark.
struct CheckedSeries {
    private(set) var control: QualityControl
    private(set) var place: QualityControl.Place
    private(set) var marks: [Instant: QualityReason] = [:]

    static let start = Instant(milliseconds: 1_773_100_800_000)

    init(_ limits: QualityPolicy.Change, quantity: String = "water.level") throws {
        var policy = QualityPolicy()
        policy.quantities[quantity] = limits
        try self.init(policy, quantity: quantity)
    }

    init(_ policy: QualityPolicy, quantity: String = "water.level") throws {
        control = QualityControl(policy: policy)
        let named = try #require(Quantity.named(quantity))
        let made = control.place(of: named, channel: nil, address: "a", device: "a")
        place = try #require(made)
    }

    /// Judges a reading so many minutes after the start.
    @discardableResult
    mutating func take(_ value: Double, minute: Int) -> Judgement {
        let sample = Sample(time: Self.time(minute), value: value)
        let judgement = control.judge(sample, at: place)
        if let reason = judgement.reason { marks[sample.time] = reason }
        if let began = judgement.restBegan { marks[began] = judgement.reason }
        if let spike = judgement.firstSpike { marks[spike.time] = .spike }
        if let spike = judgement.secondSpike { marks[spike.time] = .spike }
        return judgement
    }

    static func time(_ minute: Int) -> Instant { start + .minutes(Int64(minute)) }

    /// Minutes of the readings with a mark, in rising order.
    var markedMinutes: [Int] {
        marks.keys.map { Int(($0 - Self.start).count / 60_000) }.sorted()
    }

    /// Random numbers from a seed that is printed; `LANGSO_TEST_SEED` repeats a run.
    static func random(_ what: String) -> SeededGenerator {
        let given = ProcessInfo.processInfo.environment["LANGSO_TEST_SEED"].flatMap(UInt64.init)
        let seed = given ?? UInt64.random(in: 0...UInt64.max)
        print("\(what): LANGSO_TEST_SEED=\(seed)")
        return SeededGenerator(seed: seed)
    }

    /// Goes on as after a restart.
    mutating func restart(_ policy: QualityPolicy, quantity: String = "water.level") throws {
        let memory = control.memory
        control = QualityControl(policy: policy)
        let isTaken = control.recall(memory)
        #expect(isTaken)
        let named = try #require(Quantity.named(quantity))
        let made = control.place(of: named, channel: nil, address: "a", device: "a")
        place = try #require(made)
        #expect(control.memory == memory)
    }
}

extension QualityPolicy.Change {
    static func spikes(_ factor: Double) -> Self {
        var change = Self()
        change.spikeFactor = .on(factor)
        return change
    }

    static func rest(_ span: Milliseconds) -> Self {
        var change = Self()
        change.flatAfter = .on(span)
        change.spikeFactor = .off
        return change
    }
}
