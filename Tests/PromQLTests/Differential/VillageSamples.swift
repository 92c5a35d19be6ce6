import PromQL
import Telemetry
import TestKit

/// Samples of the gateway's own kinds of series over two days, made from a seed.
///
/// Where Prometheus 2.42 and 3 differ by rule, the data keeps away from the difference: samples lie
/// between whole seconds, where no window of whole seconds begins; values are multiples of 1/64,
/// whose sums are exact in any order; counters never come near zero, so that no rate is held back
/// there.
struct VillageSamples {
    /// When the samples begin: 2023-11-14T00:00:00Z.
    static let start: Int64 = 1_699_920_000_000
    /// When the last of them may be.
    static let end: Int64 = start + 48 * 3_600_000
    /// Fast sensors report over the last hours only.
    static let fastStart: Int64 = end - 12 * 3_600_000
    /// How far after a whole second every sample lies.
    static let offset: Int64 = 337

    private(set) var source = MemorySeriesSource()
    private var lines: [String] = []

    /// The samples as `promtool` reads them.
    var openMetrics: String { lines.joined(separator: "\n") + "\n# EOF\n" }

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        addLamps(&random)
        addBins(&random)
        addMeters(&random)
        addStates(&random)
        addHistogram(&random)
        addOddities(&random)
    }

    // MARK: Kinds of series

    private mutating func addLamps(_ random: inout SeededGenerator) {
        for index in 0..<6 {
            let labels = [
                "device": "lamp-\(index)", "village": "v\(index % 2)", "feeder": "f\(index / 3)",
            ]
            // One lamp is taken down, one is put up later.
            let from = index == 5 ? Self.fastStart + 5 * 3_600_000 : Self.fastStart
            let to = index == 4 ? Self.end - 4 * 3_600_000 : Self.end
            var values: [(Int64, Double)] = []
            for time in times(from, to, everySeconds: 60, gaps: 4, &random) {
                let isLit = (time / 7_200_000) % 2 == 0
                let noise = Double(Int.random(in: 0..<64, using: &random)) / 64
                // Standby power differs from lamp to lamp, so that no two values are the same.
                let power = isLit ? 40 + Double(index) * 2 + noise : Double(index + 1) / 8
                values.append((time, power))
            }
            add("lamp_power_watts", labels, values)
            let information = labels.merging([
                "model": "m\(index % 3)", "firmware": "1.\(index % 2)",
            ]) { $1 }
            let steady = times(from, to, everySeconds: 120, gaps: 0, &random)
            add("device_info", information, steady.map { ($0, 1) })
            if index % 2 == 0 {
                let alert = [
                    "alertname": "LampDark", "alertstate": index == 2 ? "pending" : "firing",
                    "device": "lamp-\(index)", "severity": index == 0 ? "critical" : "warning",
                ]
                let active = times(from, to, everySeconds: 60, gaps: 9, &random)
                add("ALERTS", alert, active.map { ($0, 1) })
            }
        }
    }

    private mutating func addBins(_ random: inout SeededGenerator) {
        for index in 0..<4 {
            var level = index
            let labels = ["device": "bin-\(index)", "village": "v\(index % 2)"]
            let times = times(Self.start, Self.end, everySeconds: 900, gaps: 2, &random)
            let values = times.map { time -> (Int64, Double) in
                level += 4 * Int.random(in: 0...2, using: &random)
                if level > 60 { level = index }
                return (time, Double(level) / 64)
            }
            add("bin_fill_ratio", labels, values)
        }
        for index in 0..<2 {
            let labels = ["device": "tank-\(index)", "village": "v\(index)"]
            let times = times(Self.start, Self.end, everySeconds: 21_600, gaps: 0, &random)
            let values = times.map {
                ($0, 1 + Double(index) / 8 + Double(Int.random(in: 0..<128, using: &random)) / 64)
            }
            add("tank_level_metres", labels, values)
        }
    }

    private mutating func addMeters(_ random: inout SeededGenerator) {
        for index in 0..<4 {
            let labels = ["device": "meter-\(index)", "village": "v\(index % 2)"]
            let seconds: Int64 = index < 2 ? 60 : 900
            let from = index < 2 ? Self.fastStart : Self.start
            // A meter that is replaced goes on with the reading of another.
            var volume = 50_000 + 1000 * Double(index)
            var values: [(Int64, Double)] = []
            for time in times(from, Self.end, everySeconds: seconds, gaps: 3, &random) {
                volume += Double(Int.random(in: 0..<32, using: &random)) / 64
                if Int.random(in: 0..<150, using: &random) == 0 { volume -= 9000 }
                values.append((time, volume))
            }
            add("water_volume_cubic_metres_total", labels, values)
        }
    }

    private mutating func addStates(_ random: inout SeededGenerator) {
        for village in 0..<2 {
            let times = times(Self.fastStart, Self.end, everySeconds: 60, gaps: 1, &random)
            let values = times.map { ($0, ($0 / 7_200_000 + Int64(village)) % 2 == 0 ? 1.0 : 0) }
            add("lighting_expected", ["village": "v\(village)"], values)
        }
        for index in 0..<3 {
            let labels = ["device": "air-\(index)", "village": "v\(index % 2)"]
            let times = times(Self.fastStart, Self.end, everySeconds: 300, gaps: 2, &random)
            let values = times.map {
                ($0, Double(Int.random(in: -640...1920, using: &random)) / 64)
            }
            add("air_temperature_celsius", labels, values)
        }
    }

    private mutating func addHistogram(_ random: inout SeededGenerator) {
        let bounds = ["0.1", "0.25", "0.5", "1", "2.5", "+Inf"]
        for route in ["query", "write"] {
            var counts = bounds.indices.map { 100_000 * Double($0 + 1) }
            var columns = bounds.map { _ in [(Int64, Double)]() }
            for time in times(Self.fastStart, Self.end, everySeconds: 60, gaps: 2, &random) {
                for _ in 0..<Int.random(in: 0..<5, using: &random) {
                    let place = Int.random(in: bounds.indices, using: &random)
                    for bucket in place..<bounds.count { counts[bucket] += 1 }
                }
                for bucket in bounds.indices { columns[bucket].append((time, counts[bucket])) }
            }
            for (bucket, bound) in bounds.enumerated() {
                let labels = ["route": route, "le": bound]
                add("request_duration_seconds_bucket", labels, columns[bucket])
            }
            let total = columns[bounds.count - 1]
            add("request_duration_seconds_count", ["route": route], total)
            add("request_duration_seconds_sum", ["route": route], total.map { ($0.0, $0.1 * 1.5) })
        }
    }

    private mutating func addOddities(_ random: inout SeededGenerator) {
        let odd: [Double] = [.nan, .infinity, -.infinity, -0.0, 0, 1, -2.5, 1e300, 1e-12, 1e15]
        for index in 0..<4 {
            let times = times(Self.fastStart, Self.end, everySeconds: 120, gaps: 2, &random)
            let values = times.map { time -> (Int64, Double) in
                let isOdd = Int.random(in: 0..<3, using: &random) == 0
                let plain = Double(Int.random(in: -512..<512, using: &random)) / 64
                return (time, isOdd ? odd.randomElement(using: &random) ?? 0 : plain)
            }
            add("probe_reading", ["device": "probe-\(index)"], values)
        }
    }

    // MARK: Writing

    /// Times of reports with a few seconds of unrest, and with gaps of 4 to 30 reports.
    private func times(
        _ from: Int64,
        _ to: Int64,
        everySeconds seconds: Int64,
        gaps: Int,
        _ random: inout SeededGenerator
    ) -> [Int64] {
        let interval = seconds * 1000
        let count = Int((to - from) / interval)
        var isMissing = [Bool](repeating: false, count: count)
        for _ in 0..<gaps where count > 60 {
            let first = Int.random(in: 0..<count - 30, using: &random)
            for place in first..<first + Int.random(in: 4...30, using: &random) {
                isMissing[place] = true
            }
        }
        return (0..<count).filter { !isMissing[$0] }.map { place in
            from + Int64(place) * interval + Int64.random(in: 0..<20, using: &random) * 1000
                + Self.offset
        }
    }

    private mutating func add(
        _ name: String,
        _ labels: [String: String],
        _ samples: [(time: Int64, value: Double)]
    ) {
        let text = labels.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
        let series = Labels(metric: name, labels)
        for (time, value) in samples {
            source.append(series, Sample(time: Instant(milliseconds: time), value: value))
            let seconds = "\(time / 1000).\(String(time % 1000 + 1000).dropFirst())"
            lines.append("\(name){\(text)} \(NumberFormat.prometheus(value)) \(seconds)")
        }
    }
}
