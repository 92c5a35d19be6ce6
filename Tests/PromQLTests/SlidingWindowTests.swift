import Telemetry
import TestKit
import Testing

@testable import PromQL

/// A function over overlapping windows must give what each window gives by itself: an instant query
/// goes through its only window sample by sample.
@Suite struct SlidingWindowTests {
    /// Those that give the same to the last bit.
    static let exact = [
        "changes", "resets", "max_over_time", "min_over_time", "count_over_time",
        "first_over_time", "last_over_time", "present_over_time", "delta", "irate", "idelta",
    ]
    /// Those that add up.
    static let rounded = [
        "sum_over_time", "avg_over_time", "rate", "increase", "stddev_over_time",
        "stdvar_over_time", "deriv", "predict_linear", "quantile_over_time",
    ]

    /// What the values of a series are like.
    enum Values: CaseIterable {
        case gauge, counter, states, level, special, huge

        func next(after last: Double, _ random: inout SeededGenerator) -> Double {
            switch self {
            case .gauge: return Double.random(in: -40...60, using: &random)
            case .counter:
                let fell = Int.random(in: 0..<15, using: &random) == 0
                return fell ? 0.3 : last + Double.random(in: 0...3, using: &random)
            case .states: return [0.0, -0.0, 1].randomElement(using: &random) ?? 0
            case .level: return 21.7
            case .special:
                let odd = Int.random(in: 0..<20, using: &random)
                return odd == 0 ? .infinity : odd == 1 ? -.infinity : odd < 4 ? .nan : Double(odd)
            case .huge:
                return Double.random(in: -1...1, using: &random) * .greatestFiniteMagnitude
            }
        }
    }

    /// One series; times in 0..<60 s, some far apart.
    static func source(_ values: Values, _ random: inout SeededGenerator) -> MemorySeriesSource {
        var source = MemorySeriesSource()
        var (time, value) = (Int64(0), 0.0)
        while time < 60_000 {
            time += Int64.random(in: 1...700, using: &random)
            if Int.random(in: 0..<40, using: &random) == 0 { time += 5_000 }
            value = values.next(after: value, &random)
            let isStale = Int.random(in: 0..<30, using: &random) == 0
            let stored = isStale ? Double(bitPattern: Sample.staleMarkerBits) : value
            source.append(
                ["__name__": "x"],
                Sample(time: Instant(milliseconds: time), value: stored)
            )
        }
        return source
    }

    /// How far a value may be from the other: rounding grows with what is added up.
    static func allowance(_ function: String, _ values: Values) -> Double {
        guard !exact.contains(function) else { return 0 }
        // Squares of values up to 60, and a day's worth of a slope within a second or so.
        return function == "predict_linear" ? 1e-6 : values == .counter ? 1e-8 : 1e-10
    }

    @Test(arguments: exact + rounded)
    func `overlapping windows give what each gives alone`(function: String) throws {
        var random = SeededGenerator(seed: UInt64.random(in: 0...(.max)))
        print("\(function): seed \(random.seed)")
        for values in Values.allCases {
            for _ in 0..<8 {
                let source = Self.source(values, &random)
                try compare(function, values, source, &random)
            }
        }
    }

    private func compare(
        _ function: String,
        _ values: Values,
        _ source: MemorySeriesSource,
        _ random: inout SeededGenerator
    ) throws {
        let length = Int64.random(in: 1...20_000, using: &random)
        let step = Int64.random(in: 1...3_000, using: &random)
        let from = Int64.random(in: 0...40_000, using: &random)
        let count = Int64(40)
        let extra = function == "predict_linear" ? ", 60" : ""
        let share = function == "quantile_over_time" ? "0.3, " : ""
        let text = "\(function)(\(share)x[\(length)ms]\(extra))"
        let expression = try PromQLParser.parse(text)
        var engine = QueryEngine()
        // Read in pieces or all at once.
        engine.samplesAtOnce = [1, 3, 20, 1 << 16].randomElement(using: &random) ?? 1
        let range = try engine.range(
            expression,
            from: Instant(milliseconds: from),
            to: Instant(milliseconds: from + step * (count - 1)),
            step: Milliseconds(step),
            source: source
        )
        var found: [Instant: Double] = [:]
        for sample in range.first?.samples ?? [] { found[sample.time] = sample.value }
        for index in 0..<count {
            let time = Instant(milliseconds: from + step * index)
            let alone = try EvaluationRangeTests.values(
                QueryEngine().instant(expression, at: time, source: source)
            ).first?.value
            let value = found[time]
            let what =
                "\(text) of \(values) at \(time.milliseconds) by \(step), "
                + "\(engine.samplesAtOnce) at once"
            guard let alone, let value else {
                #expect(alone == nil && value == nil, "\(what)")
                continue
            }
            let allowance = Self.allowance(function, values) * max(1, abs(alone))
            let agree =
                value.bitPattern == alone.bitPattern || value.isNaN && alone.isNaN
                || allowance > 0 && abs(value - alone) <= allowance
            #expect(agree, "\(what): \(value), alone \(alone)")
        }
    }
}
