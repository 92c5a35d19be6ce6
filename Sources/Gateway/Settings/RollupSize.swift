public import RingStore

/// The size of a rollup tier as the command line writes it: `5m=512MiB`, or `5m=0` for none.
public struct RollupSize: Hashable, Sendable {
    /// Which.
    public let tier: StoreTier
    /// Bytes; 0 for none.
    public let bytes: UInt64

    /// Reads one; nil when the text is none.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let tier = StoreTier(rawValue: String(parts[0])), tier != .raw
        else { return nil }
        let bytes = parts[1] == "0" ? 0 : SizeText.parse(String(parts[1]))
        guard let bytes else { return nil }
        self.tier = tier
        self.bytes = bytes
    }

    /// The size of each tier that is named.
    ///
    /// - Throws: ``GatewayError/usage(_:)`` for one that stands twice.
    static func sizes(_ list: [RollupSize]) throws(GatewayError) -> [StoreTier: UInt64] {
        var sizes: [StoreTier: UInt64] = [:]
        for size in list {
            guard sizes.updateValue(size.bytes, forKey: size.tier) == nil else {
                throw .usage("the \(size.tier.rawValue) tier stands here twice")
            }
        }
        return sizes
    }
}
