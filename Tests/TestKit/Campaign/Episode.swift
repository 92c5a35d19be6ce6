/// What an episode did to its disk, and what was true above it meanwhile.
struct Episode: Sendable {
    /// Everything in order; a mark is the index of an event.
    let operations: [DiskOperation]
    let events: [EpisodeEvent]
    let records: [CampaignRecord]
    /// Whether calls of the disk failed in it.
    let isFaulty: Bool
    /// Every sample that was ever given.
    let given: Set<CampaignSample>
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
}
