internal import RingStore

/// What an episode did to its disk, and what was true above it meanwhile.
struct Episode: Sendable {
    /// Everything in order; a mark is the index of an event.
    let operations: [DiskOperation]
    let events: [EpisodeEvent]
    let records: [CampaignRecord]
    /// Every sample that was ever given.
    let given: Set<CampaignSample>
    let plan: EpisodePlan
}

/// How an episode is drawn.
struct EpisodePlan: Sendable {
    let seed: UInt64
    /// It ends after about so many operations of the disk.
    let operationCount: Int

    /// Calls of the disk fail in every other episode.
    var isFaulty: Bool { seed % 2 == 1 }
    /// Values take few bits or many.
    var isCompressible: Bool { seed % 3 == 0 }
    /// The store of every other episode, faulty or not, has rollup tiers.
    var hasRollups: Bool { seed / 2 % 2 == 1 }

    /// Rollup tiers that the store is made with.
    ///
    /// Not all of them: what lies in the bucket of the coarsest that samples have given way in is
    /// taken in order only.
    var rollups: [StoreTier: UInt64] {
        guard hasRollups else { return [:] }
        let tiers: [StoreTier] =
            switch seed / 4 % 4 {
            case 0: [.fiveMinutes]
            case 1: [.fiveMinutes, .hour]
            case 2: [.hour]
            default: StoreTier.rollups
            }
        return Dictionary(
            uniqueKeysWithValues: tiers.map { ($0, StoreSettings.minimumRollupBytes) }
        )
    }

    /// Milliseconds from a sample to the next at most: where there are rollup tiers, the samples
    /// that the raw tier has room for are those of some days.
    var stride: Int { hasRollups ? 60_000 : 1000 }
}
