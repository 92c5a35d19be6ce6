internal import Telemetry

/// The answers to ``Dashboard`` by plain loops: each window's samples are gone through by
/// themselves, with sums as they come.
extension ExpectedAnswers {
    /// What a function makes of the samples of a window from a time to another.
    private typealias Function = (_ samples: ArraySlice<Sample>, _ end: Int64) -> Double

    func dashboard(_ dashboard: Dashboard, _ query: BenchQuery) -> QueryAnswer {
        let minute: Int64 = 60_000
        let hour = 60 * minute
        let latest: Function = { samples, _ in samples[samples.endIndex - 1].value }
        switch dashboard {
        case .powerByZone:
            return byZone(over("energy_wh_total", query, 5 * minute, Self.rate)) { $0.sum }
        case .hottest:
            let means = over("temperature_celsius", query, hour) { samples, _ in
                samples.reduce(0) { $0 + $1.value } / Double(samples.count)
            }
            return answer(means.map { $0[0] }.sorted(by: >).prefix(10).map { [$0] })
        case .highPercentile:
            return answer(
                over("pm25_ugm3", query, hour) { samples, _ in
                    Self.quantile(samples.map(\.value), 0.95)
                }
            )
        case .shareOn:
            return byZone(over("pump_on", query, Self.lookback, latest)) { $0.sum / $0.count }
        case .energyByDay:
            return answer(
                over("energy_wh_total", query, 24 * hour) { samples, end in
                    Self.rate(samples, end, 24 * hour) * Double(24 * hour) / 1000
                }
            )
        case .peakFlow: return peakFlow(query)
        case .warmByZone:
            let warm = over("temperature_celsius", query, Self.lookback) { samples, end in
                latest(samples, end) > 20 ? 1 : .nan
            }
            return byZone(warm) { $0.count }
        case .devicesUp:
            return byZone(over("battery_volts", query, 15 * minute) { _, _ in 1 }) { $0.count }
        case .joined:
            let left = over("temperature_celsius", query, Self.lookback, latest)
            let right = over("humidity_percent", query, Self.lookback, latest)
            return answer(zip(left, right).map { zip($0, $1).map { $0 * $1 } })
        case .batteryTomorrow:
            return answer(
                over("battery_volts", query, 6 * hour) { samples, end in
                    let line = Self.line(samples, from: end)
                    return line.value + 86_400 * line.slope
                }
            )
        case .spread:
            let spreads = over("temperature_celsius", query, hour) { samples, _ in
                let mean = samples.reduce(0) { $0 + $1.value } / Double(samples.count)
                let squares = samples.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) }
                return (squares / Double(samples.count)).squareRoot()
            }
            return byZone(spreads) { $0.sum / $0.count }
        case .slope:
            let slopes = over("water_level_meters", query, hour) { samples, end in
                Self.line(samples, from: end).slope
            }
            return byZone(slopes) { $0.least }
        }
    }

    /// The values of a function of each series of a metric at each step; NaN for none.
    private func over(
        _ metric: String,
        _ query: BenchQuery,
        _ length: Int64,
        _ value: Function
    ) -> [[Double]] {
        (0..<workload.seriesCount).filter { workload.metric(of: $0).name == metric }.map { series in
            let samples = samples(series)
            var (first, end) = (0, 0)
            return steps(query).map { step in
                while end < samples.count, samples[end].time.milliseconds <= step { end += 1 }
                while first < end, samples[first].time.milliseconds <= step - length { first += 1 }
                return first < end ? value(samples[first..<end], step) : .nan
            }
        }
    }

    private func over(
        _ metric: String,
        _ query: BenchQuery,
        _ length: Int64,
        _ value: (ArraySlice<Sample>, Int64, Int64) -> Double
    ) -> [[Double]] {
        over(metric, query, length) { value($0, $1, length) }
    }

    private func peakFlow(_ query: BenchQuery) -> QueryAnswer {
        guard case .range(let from, let to, let step) = query.times else { return QueryAnswer() }
        let minute: Int64 = 60_000
        let inner = BenchQuery(
            kind: query.kind,
            name: query.name,
            text: query.text,
            times: .range(from: from - 59 * minute, to: to, step: minute)
        )
        let flows = zones(over("water_liters_total", inner, 5 * minute, Self.rate)) { $0.sum }
        return answer(
            flows.map { flow in
                stride(from: 0, to: flow.count - 59, by: Int(step / minute)).map { first in
                    flow[first..<first + 60].max() ?? .nan
                }
            }
        )
    }

    /// What the values of a zone's series at a step come to.
    private struct ZoneTotal {
        var sum = 0.0
        var count = 0.0
        var least = Double.infinity
    }

    private func byZone(_ series: [[Double]], _ value: (ZoneTotal) -> Double) -> QueryAnswer {
        answer(zones(series, value))
    }

    /// The series of a metric lie zone by zone, ten of a hundred in each.
    private func zones(_ series: [[Double]], _ value: (ZoneTotal) -> Double) -> [[Double]] {
        let size = series.count / 10
        return (0..<10).map { zone in
            series[0].indices.map { step in
                var total = ZoneTotal()
                for one in series[zone * size..<(zone + 1) * size] where !one[step].isNaN {
                    total.sum += one[step]
                    total.count += 1
                    total.least = min(total.least, one[step])
                }
                return total.count > 0 ? value(total) : .nan
            }
        }
    }

    private func answer(_ series: [[Double]]) -> QueryAnswer {
        var answer = QueryAnswer()
        for one in series {
            let present = one.filter { !$0.isNaN }
            if !present.isEmpty { answer.add(present) }
        }
        return answer
    }
}

// MARK: Functions

extension ExpectedAnswers {
    /// The rise of a counter per second, carried on to the edges of its window by up to half the
    /// distance of samples; the workload's counters never fall.
    /// - Source: Prometheus, promql/functions.go, extrapolatedRate.
    private static func rate(_ samples: ArraySlice<Sample>, _ end: Int64, _ length: Int64) -> Double
    {
        guard samples.count > 1, let first = samples.first, let last = samples.last else {
            return .nan
        }
        let rise = last.value - first.value
        let span = Double(last.time.milliseconds - first.time.milliseconds) / 1000
        let spacing = span / Double(samples.count - 1)
        var before = Double(first.time.milliseconds - (end - length)) / 1000
        var after = Double(end - last.time.milliseconds) / 1000
        if before >= spacing * 1.1 { before = spacing / 2 }
        if rise > 0 { before = min(before, span * first.value / rise) }
        if after >= spacing * 1.1 { after = spacing / 2 }
        return rise * (span + before + after) / span / (Double(length) / 1000)
    }

    private static func quantile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        let rank = share * Double(sorted.count - 1)
        let low = Int(rank)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (sorted[high] - sorted[low]) * (rank - Double(low))
    }

    /// The line with the least squares, its value at a time and its slope per second.
    private static func line(
        _ samples: ArraySlice<Sample>,
        from time: Int64
    ) -> (value: Double, slope: Double) {
        let count = Double(samples.count)
        let seconds = samples.map { Double($0.time.milliseconds - time) / 1000 }
        let middle = seconds.reduce(0, +) / count
        let mean = samples.reduce(0) { $0 + $1.value } / count
        var (both, squares) = (0.0, 0.0)
        for (sample, second) in zip(samples, seconds) {
            both += (second - middle) * (sample.value - mean)
            squares += (second - middle) * (second - middle)
        }
        return (mean - both / squares * middle, both / squares)
    }
}
