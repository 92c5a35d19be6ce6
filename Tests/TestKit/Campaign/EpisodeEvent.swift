/// What happened in an episode, above the disk.
enum EpisodeEvent: Sendable {
    /// A commit of records began.
    case committing(Range<Int>)
    /// Records are committed: a commit returned, or an opening found them whole.
    case committed(Range<Int>)
    /// The store refused samples of committed records as too old.
    case refused([CampaignSample])
    /// A checkpoint, a rebuilding or an opening is over; what the store then says.
    case sealed(horizon: Int64, position: UInt64)
    /// A deletion began.
    case deleting(CampaignDeletion)
    /// The deletion is done, or was found not to be; the store's horizon then.
    case deleted(isDone: Bool, horizon: Int64)
}

/// Samples that are deleted.
struct CampaignDeletion: Sendable {
    let series: [Int]
    let range: ClosedRange<Int64>
}
