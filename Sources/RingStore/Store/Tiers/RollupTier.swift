/// A rollup tier while a store is written.
struct RollupTier {
    let tier: StoreTier
    let buckets: RollupBuckets
    var ring: SampleRing

    init(_ loaded: LoadedRing) {
        tier = loaded.disk.geometry.tier
        buckets = RollupBuckets(width: tier.bucketMilliseconds ?? 1)
        ring = loaded.ring
    }

    /// The last time that is rolled up.
    ///
    /// Rows of later buckets, which a sealing that was cut short or damage has left, do not count,
    /// and are written over when it moves on.
    var frontier: Int64 { ring.root.mark.frontier ?? .min }

    /// Where a tier begins that is added to a raw one with a horizon: behind the last bucket that
    /// cannot be summarised from samples any more.
    static func firstHorizon(_ tier: StoreTier, rawHorizon: Int64) -> Int64 {
        guard rawHorizon > .min else { return .min }
        let buckets = RollupBuckets(width: tier.bucketMilliseconds ?? 1)
        let end = buckets.end(of: rawHorizon - 1)
        return end < .max ? end + 1 : end
    }

    /// How far the frontier goes at once while samples come in their order.
    var stride: Int64 { max(buckets.width, 6 * 60 * 60_000) }
}
