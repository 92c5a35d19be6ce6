internal import RingStore
internal import Telemetry

/// Compares what a store with rollup tiers says of windows with a plain recomputation.
struct CampaignSummaries {
    /// Windows that were compared.
    private(set) var comparedCount = 0
    /// Whether anything is compared.
    var isAsked = true
    private var pieces = SummaryBuffer()
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// Asks for windows that are drawn, of some series.
    ///
    /// - Throws: ``CampaignFault`` with the first difference; what the store throws.
    mutating func compare(
        _ storage: inout CampaignStorage,
        with model: CampaignModel,
        _ series: some Sequence<Int>
    ) throws {
        let tiers = storage.store.statistics.tiers.filter { $0.tier != .raw }
        guard isAsked, !tiers.isEmpty, let newest = storage.store.statistics.newest else { return }
        for number in series {
            let identifier = try storage.store.series(for: CampaignSample.labels(number))
            let snapshot = storage.store.snapshot()
            let windows = drawWindows(tiers, newest.milliseconds)
            guard let plan = snapshot.plan(windows, .all) else { continue }
            guard let tier = tiers.first(where: { $0.tier.rawValue == plan.tier }) else {
                throw CampaignFault("the plan names a tier \(plan.tier) that is not there")
            }
            let horizon = snapshot.statistics.horizon.milliseconds
            // Before the tier begins there is nothing to tell.
            let first = max(tier.horizon.milliseconds, .min + plan.bucket.count) - plan.bucket.count
            guard windows.times.lowerBound >= min(first, horizon) else { continue }
            try snapshot.summarize(identifier, plan, into: &pieces)
            // Where samples have given way a bucket that a window cuts counts whole.
            if pieces.inexactCount > 0, windows.times.lowerBound < horizon { continue }
            try compare(number, windows, with: model)
        }
    }

    private mutating func drawWindows(_ tiers: [TierStatistics], _ newest: Int64) -> WindowGrid {
        let width = tiers[draw(tiers.count)].tier.bucketMilliseconds ?? 1
        let isAligned = draw(4) > 0
        let unit = isAligned ? width : 7001
        let length = unit * Int64(1 + draw(isAligned ? 4 : 100_000))
        let step = unit * Int64(1 + draw(8))
        let count = 1 + draw(isAligned ? 40 : 4)
        let first = newest - Int64(draw(20 * 86_400_000))
        return WindowGrid(firstEnd: first / unit * unit, step: step, count: count, length: length)
    }

    private mutating func draw(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    private mutating func compare(
        _ series: Int,
        _ windows: WindowGrid,
        with model: CampaignModel
    ) throws {
        for index in 0..<windows.count {
            let end = windows.firstEnd + windows.step * Int64(index)
            let start = end - windows.length
            guard let samples = model.samples(series, after: start, to: end) else { continue }
            let wanted = SampleSummary(samples.map(\.sample))
            let found = pieces.summary(after: start, to: end)
            comparedCount += 1
            guard SampleSummary.areSame(found, wanted) else {
                throw CampaignFault(
                    "summary of series \(series) in \(start)...\(end): "
                        + "\(String(describing: found)), not \(String(describing: wanted))"
                )
            }
        }
    }
}
