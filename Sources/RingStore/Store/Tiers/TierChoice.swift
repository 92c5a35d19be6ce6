internal import Telemetry

/// Chooses the tier that answers windows of a query with the least work.
struct TierChoice {
    /// Milliseconds between samples that a choice reckons with.
    private static let usualInterval: Int64 = 60_000
    /// What a row costs, in samples: it lies in several columns.
    private static let rowCost = 3.0

    let windows: WindowGrid

    /// The tier, or nil when the samples themselves cost no more.
    ///
    /// Where samples have given way a tier is chosen that reaches back as far as any.
    func tier(_ raw: TierView, _ rollups: [TierView]) -> TierView? {
        let times = windows.times
        var candidates = rollups.filter { $0.root.mark.frontier ?? .min > times.lowerBound }
        var least = Self.cost(of: times, each: Self.usualInterval)
        if times.lowerBound < raw.horizon {
            // Before any of them began there is nothing to tell.
            let reach = candidates.map { max($0.horizon, times.lowerBound) }.min()
            candidates.removeAll { max($0.horizon, times.lowerBound) != reach }
            least = .infinity
        }
        var chosen: TierView?
        for candidate in candidates {
            guard let width = candidate.tier.bucketMilliseconds else { continue }
            let cost = cost(ofBuckets: width)
            if cost < least { (chosen, least) = (candidate, cost) }
        }
        return chosen
    }

    /// Whether no edge of a window lies inside of any bucket.
    func isAligned(toBuckets width: Int64) -> Bool {
        windows.firstEnd % width == 0 && windows.length % width == 0
            && (windows.count == 1 || windows.step % width == 0)
    }

    /// What windows cost from buckets of a width, in samples: at each edge that lies in one a block
    /// is decoded.
    private func cost(ofBuckets width: Int64) -> Double {
        let rows = Self.rowCost * Self.cost(of: windows.times, each: width)
        if isAligned(toBuckets: width) { return rows }
        return rows + Double(2 * windows.count * SampleBlock.maximumSamples)
    }

    private static func cost(of times: ClosedRange<Int64>, each interval: Int64) -> Double {
        (Double(times.upperBound) - Double(times.lowerBound)) / Double(interval)
    }
}
