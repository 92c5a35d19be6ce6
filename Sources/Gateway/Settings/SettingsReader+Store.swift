internal import ConfigurationText
internal import RingStore

extension SettingsReader {
    /// Reads the sizes of the store; the rollup tiers that go with its size, unless they are named.
    mutating func readStore(_ node: ConfigurationNode, into store: inout StoreSettings) {
        node.allowKeys(["size", "rollups", "maximum_series", "retention", "memory"], &faults)
        if let size = node["size"].flatMap({ size($0) }) { store.rawTierBytes = size }
        store.rollupBytes =
            node["rollups"].map { rollups($0) }
            ?? StoreSettings.usualRollups(beside: store.rawTierBytes)
        let limits = 1...StoreSettings.maximumSeriesLimit
        if let count = node["maximum_series"]?.integer(in: limits, &faults) {
            store.maximumSeries = count
        }
        if let retention = node["retention"].flatMap({ span($0) }) { store.retention = retention }
        if let memory = node["memory"].flatMap({ size($0) }) { store.headBytes = Int(memory) }
    }

    /// Reads the sizes of rollup tiers; one of size 0 is left out.
    private mutating func rollups(_ node: ConfigurationNode) -> [StoreTier: UInt64] {
        node.allowKeys(StoreTier.rollups.map(\.rawValue), &faults)
        var sizes: [StoreTier: UInt64] = [:]
        for tier in StoreTier.rollups {
            guard let size = node[tier.rawValue], size.scalarText != "0" else { continue }
            sizes[tier] = self.size(size)
        }
        return sizes
    }
}
