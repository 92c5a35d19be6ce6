internal import Telemetry

extension Evaluator {
    /// Buckets of one histogram: its labels without `le`, and which series they are.
    private typealias Group = (labels: Labels, members: [(bound: Double, series: Int)])

    /// `histogram_quantile`, `histogram_fraction` and `histogram_avg` over series with the label
    /// `le`.
    func histogram(
        _ function: Function,
        _ arguments: [Expression],
        _ places: CallPlaces?,
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        var numbers: [[Double]] = []
        for argument in arguments.dropLast() { numbers.append(try scalar(argument, grid)) }
        guard let operand = arguments.last else { return [] }
        let series = try vector(operand, grid)
        if function == .histogramAverage { return [] }
        if function == .histogramQuantile {
            try noteInvalid(numbers[0], places.site(ofArgument: 0))
        }
        let site = places.site(ofArgument: arguments.count - 1)
        var output: [GridSeries] = []
        for group in groups(series, site) {
            var column = Column(count: grid.count)
            var correction: MonotonicityCorrection?
            try budget.spend(grid.count)
            for step in 0..<grid.count {
                let buckets = group.members.compactMap { member in
                    series[member.series].column[step].map { (bound: member.bound, count: $0) }
                }
                guard !buckets.isEmpty else { continue }
                var histogram = Histogram(buckets)
                column[step] =
                    function == .histogramQuantile
                    ? histogram.quantile(numbers[0][step])
                    : histogram.fraction(numbers[0][step], numbers[1][step])
                if let falls = histogram.falls {
                    let latest = MonotonicityCorrection(at: grid[step], falls)
                    correction = correction?.merged(with: latest) ?? latest
                }
            }
            if let correction {
                let metric = group.labels.metricName
                report.annotations.add(.forcedMonotonicity(correction, metric: metric, site))
            }
            output.append(GridSeries(labels: group.labels.withoutMetricName, column: column))
        }
        return try merge(output)
    }

    /// The series of each histogram; says which bounds cannot be read.
    private func groups(_ series: [GridSeries], _ site: AnnotationSite) -> [Group] {
        var places: [Labels: Int] = [:]
        var groups: [Group] = []
        for (index, one) in series.enumerated() {
            guard let bound = Histogram.bound(one.labels["le"]) else {
                if !one.column.isEmpty {
                    let metric = one.labels.metricName
                    report.annotations.add(
                        .badBucketLabel(one.labels["le"], metric: metric, site)
                    )
                }
                continue
            }
            guard !bound.isNaN else { continue }
            let key = one.labels.removing("le")
            let place = places[key] ?? groups.count
            if place == groups.count {
                places[key] = place
                groups.append((key, []))
            }
            groups[place].members.append((bound, index))
        }
        return groups
    }

    /// Says which quantiles are none, each once.
    private func noteInvalid(_ shares: [Double], _ site: AnnotationSite) throws(QueryError) {
        var previous: UInt64?
        for share in shares where !Quantile.isShare(share) && share.bitPattern != previous {
            try budget.spend(1)
            previous = share.bitPattern
            report.annotations.add(.invalidQuantile(share, site))
        }
    }
}
