/// Stops an episode's disk at each of its operations and checks what a power cut leaves.
struct EpisodeCheck {
    /// Among so many stops, one is thorough.
    private static let thoroughEvery = 64
    /// Among so many stops, one also recomputes summaries.
    private static let summariesEvery = 4
    /// Among so many stops, one also changes a bit.
    private static let flipEvery = 8

    let plan: EpisodePlan
    /// How many series are compared at a stop that is not thorough.
    let seriesEach: Int

    /// Runs an episode and stops it.
    ///
    /// - Parameters:
    ///   - limit: Most stops.
    ///   - only: The one stop that is checked, or nil for all.
    /// - Throws: ``CampaignFailure``.
    /// - Returns: What was checked.
    func run(limit: Int, only: Int? = nil) throws -> CampaignCounts {
        let root = try TemporaryFolder("langso-campaign")
        let episode: Episode
        do {
            episode = try EpisodeWriter.run(plan, in: root)
        } catch {
            throw CampaignFailure(seed: plan.seed, stop: nil, reason: "\(error)")
        }
        var counts = CampaignCounts()
        counts.episodes = 1
        var truth = EpisodeTruth(episode)
        var state = DiskState()
        for operation in episode.operations {
            state.apply(operation)
            if case .mark(let event) = operation {
                truth.pass(event)
                continue
            }
            guard counts.stops < limit else { break }
            counts.stops += 1
            if let only, counts.stops != only { continue }
            do {
                let check = StopCheck(episode: episode, truth: truth, root: root)
                try stop(counts.stops, state, check, &counts)
            } catch {
                throw CampaignFailure(seed: plan.seed, stop: counts.stops, reason: "\(error)")
            }
        }
        return counts
    }

    private func stop(
        _ number: Int,
        _ state: DiskState,
        _ check: StopCheck,
        _ counts: inout CampaignCounts
    ) throws {
        // Of its own seed, so that one stop alone goes as it does among all.
        var generator = SeededGenerator(seed: plan.seed &* 0x9E37_79B9 &+ UInt64(number))
        let left = state.afterPowerCut(using: &generator)
        let isThorough = number % Self.thoroughEvery == 0
        let seriesCount = max(1, check.truth.model.seriesCount)
        let first = isThorough ? 0 : number % seriesCount
        let end = isThorough ? seriesCount : min(seriesCount, first + seriesEach)
        var summaries = CampaignSummaries(seed: generator.next())
        summaries.isAsked = number % Self.summariesEvery == 0
        try check.run(left, first..<end, isThorough: isThorough, &summaries)
        counts.windows += summaries.comparedCount
        if isThorough { counts.thorough += 1 }
        guard number % Self.flipEvery == 0 else { return }
        let flip = FlipCheck(stop: check)
        counts.flips += 1
        if try flip.run(left, using: &generator) { counts.toldFlips += 1 }
    }
}
