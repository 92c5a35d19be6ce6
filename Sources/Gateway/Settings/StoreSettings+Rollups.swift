internal import RingStore

extension StoreSettings {
    /// The rollup tiers of a gateway whose settings name none: half, a quarter and an eighth of the
    /// raw tier.
    ///
    /// An hour has at most a twelfth of the summaries of five minutes, a day a twenty-fourth of
    /// those: with half the room each tier still reaches back much further than the finer one.
    ///
    /// - Parameter rawTierBytes: Bytes of the raw tier.
    /// - Returns: Bytes of each, within the limits of a store.
    static func usualRollups(beside rawTierBytes: UInt64) -> [StoreTier: UInt64] {
        let limits = minimumRollupBytes...maximumRawTierBytes
        var sizes: [StoreTier: UInt64] = [:]
        for (place, tier) in StoreTier.rollups.enumerated() {
            let share = rawTierBytes >> UInt64(place + 1)
            sizes[tier] = min(max(share, limits.lowerBound), limits.upperBound)
        }
        return sizes
    }

    /// Bytes of each rollup tier by its name, for reports.
    var namedRollupBytes: [String: UInt64] {
        Dictionary(uniqueKeysWithValues: rollupBytes.map { ($0.key.rawValue, $0.value) })
    }
}
