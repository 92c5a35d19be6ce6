internal import RingStore

extension StoreSettings {
    /// The rollup tiers of a gateway whose settings name none: half, a quarter and an eighth of the
    /// raw tier.
    ///
    /// Those of five minutes are for fast answers: with a sample each minute they take more room
    /// than the samples. Hours and days reach back further than the samples do where sensors speak
    /// often; where they speak once an hour only days do.
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
