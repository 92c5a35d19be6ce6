internal import Telemetry

/// The answers to ``BenchQuery`` from the workload itself, by plain loops over its samples.
///
/// Windows leave their first moment out and have their last one in, as in PromQL since
/// Prometheus 3.
struct ExpectedAnswers {
    let workload: Workload
    static let lookback: Int64 = 300_000

    init(_ workload: Workload) {
        self.workload = workload
    }

    subscript(query: BenchQuery) -> QueryAnswer {
        switch query.kind {
        case .empty: QueryAnswer()
        case .latest: latest(query)
        case .oneSeries: oneSeries(query)
        case .averageByZone: averageByZone(query)
        case .maximumOfAll: maximumOfAll(query)
        case .dashboard(let one): dashboard(one, query)
        }
    }

    func samples(_ series: Int) -> [Sample] {
        var generator = workload.generator(of: series)
        return (0..<workload.samplesPerSeries).map { _ in generator.next() }
    }

    func steps(_ query: BenchQuery) -> [Int64] {
        switch query.times {
        case .instant(let time): [time]
        case .range(let from, let to, let step):
            Array(stride(from: from, through: to, by: Int(step)))
        }
    }

    /// Values in the window that ends at each step.
    private func windows(_ series: Int, _ query: BenchQuery, _ length: Int64) -> [[Double]] {
        let samples = samples(series)
        var first = 0
        var end = 0
        return steps(query).map { step in
            while end < samples.count, samples[end].time.milliseconds <= step { end += 1 }
            while first < end, samples[first].time.milliseconds <= step - length { first += 1 }
            return samples[first..<end].map(\.value)
        }
    }

    private func latest(_ query: BenchQuery) -> QueryAnswer {
        var answer = QueryAnswer()
        for series in 0..<workload.seriesCount {
            answer.add(windows(series, query, Self.lookback).compactMap(\.last))
        }
        return answer
    }

    private func oneSeries(_ query: BenchQuery) -> QueryAnswer {
        var answer = QueryAnswer()
        answer.add(windows(7, query, Self.lookback).compactMap(\.last))
        return answer
    }

    private func averageByZone(_ query: BenchQuery) -> QueryAnswer {
        var means: [String: [[Double]]] = [:]
        for series in 0..<workload.seriesCount / 10 {
            let zone = workload.labels(of: series)["zone"] ?? ""
            let averages = windows(series, query, 3_600_000).map { values in
                values.reduce(0, +) / Double(values.count)
            }
            means[zone, default: []].append(averages)
        }
        var answer = QueryAnswer()
        for series in means.values {
            answer.add(
                steps(query).indices.map { step in
                    series.reduce(0) { $0 + $1[step] } / Double(series.count)
                }
            )
        }
        return answer
    }

    private func maximumOfAll(_ query: BenchQuery) -> QueryAnswer {
        var largest = [Double](repeating: -.infinity, count: steps(query).count)
        for series in 0..<workload.seriesCount {
            for (step, values) in windows(series, query, 6 * 3_600_000).enumerated() {
                largest[step] = max(largest[step], values.max() ?? -.infinity)
            }
        }
        var answer = QueryAnswer()
        answer.add(largest)
        return answer
    }
}
