public import Telemetry

/// Sizes and limits of a store; the sizes are fixed when it is created.
///
/// What fits into them: <doc:StoreCosts>. How it lies there: <doc:StoreFormat>.
public struct StoreSettings: Hashable, Sendable {
    /// Smallest rollup tier that works: 64 slots of the smallest size.
    public static let minimumRollupBytes = minimumRawTierBytes
    /// Smallest raw tier that works: 64 slots of the smallest size.
    public static let minimumRawTierBytes: UInt64 = 256 << 10
    /// Largest raw tier: each checkpoint writes a root, which then takes up to 18 MiB.
    public static let maximumRawTierBytes: UInt64 = 1 << 38
    /// Most series that a store can be told to keep.
    public static let maximumSeriesLimit = 4_000_000
    /// Most bytes of names and values in one series' labels; the longest of the real recordings
    /// take under 300.
    public static let maximumLabelBytes = 4096

    /// A setting with limits.
    package enum Setting: Sendable {
        /// ``StoreSettings/rawTierBytes``.
        case rawTier
        /// ``StoreSettings/rollupBytes``.
        case rollup(StoreTier)
        /// ``StoreSettings/maximumSeries``.
        case maximumSeries
        /// ``StoreSettings/retention``.
        case retention
        /// ``StoreSettings/headBytes``.
        case head
    }

    /// Bytes on disk for samples, in `minimumRawTierBytes...maximumRawTierBytes`; rounded down to
    /// whole slots.
    public var rawTierBytes: UInt64
    /// Bytes on disk for each rollup tier that there is, in
    /// `minimumRollupBytes...maximumRawTierBytes`; rounded down to whole slots.
    ///
    /// Summaries stay when their samples have given way, as long as the room of their tier lasts.
    public var rollupBytes: [StoreTier: UInt64]
    /// How many series may exist; more are refused.
    ///
    /// A series that has no samples left counts still.
    public var maximumSeries: Int
    /// How long samples are kept at most, or nil when only the size of the tier limits them.
    ///
    /// It is measured from the time that ``RingStore/checkpoint(journalPosition:at:)`` is given, or
    /// from the latest sample when that is earlier: a clock that runs ahead must not clear a store.
    public var retention: Milliseconds?
    /// Bytes of memory that samples of the head may take before a checkpoint is due; nil for 24 MiB
    /// or ``headBytesPerSeries`` for each series that there is, whichever is more.
    public var headBytes: Int?

    /// Creates settings.
    public init(
        rawTierBytes: UInt64 = 1 << 30,
        rollupBytes: [StoreTier: UInt64] = [:],
        maximumSeries: Int = 100_000,
        retention: Milliseconds? = nil,
        headBytes: Int? = nil
    ) {
        self.rawTierBytes = rawTierBytes
        self.rollupBytes = rollupBytes
        self.maximumSeries = maximumSeries
        self.retention = retention
        self.headBytes = headBytes
    }

    /// A checkpoint writes an entry of some bytes for each series; with fewer than some twenty
    /// samples behind it, it would cost more than they do.
    public static let headBytesPerSeries = 512

    /// ``headBytes``, or as many as there are if that is not set, for a number of series.
    func headLimit(seriesCount: Int) -> Int {
        headBytes ?? max(24 << 20, Self.headBytesPerSeries * seriesCount)
    }

    /// Bytes that the files of a store with these settings take, all of them from the beginning.
    ///
    /// - Throws: ``StoreError/invalidSettings(reason:)``.
    public func fileBytes() throws(StoreError) -> UInt64 {
        let raw = try StoreGeometry(self)
        return rollupBytes.reduce(raw.fileBytes) { sum, rollup in
            sum + StoreGeometry(rollup.key, bytes: rollup.value, identity: 1).fileBytes
        }
    }

    /// What is outside its limits, and why.
    package func faults() -> [(setting: Setting, reason: String)] {
        var faults: [(setting: Setting, reason: String)] = []
        let tiers = Self.minimumRawTierBytes...Self.maximumRawTierBytes
        if !tiers.contains(rawTierBytes) {
            let limits = "\(tiers.lowerBound)...\(tiers.upperBound)"
            faults.append((.rawTier, "a raw tier of \(rawTierBytes) bytes is outside \(limits)"))
        }
        for tier in StoreTier.allCases {
            guard let bytes = rollupBytes[tier] else { continue }
            let limits = Self.minimumRollupBytes...Self.maximumRawTierBytes
            if tier == .raw {
                faults.append((.rollup(tier), "the raw tier is no rollup tier"))
            } else if !limits.contains(bytes) {
                let text = "\(limits.lowerBound)...\(limits.upperBound)"
                let name = tier.rawValue
                faults.append(
                    (.rollup(tier), "a \(name) tier of \(bytes) bytes is outside \(text)")
                )
            }
        }
        if !(1...Self.maximumSeriesLimit).contains(maximumSeries) {
            let limits = "1...\(Self.maximumSeriesLimit)"
            faults.append(
                (.maximumSeries, "a limit of \(maximumSeries) series is outside \(limits)")
            )
        }
        if let headBytes, headBytes <= 0 {
            faults.append((.head, "a head of \(headBytes) bytes holds nothing"))
        }
        if let retention, retention <= .zero {
            faults.append((.retention, "a retention of \(retention.count) ms keeps nothing"))
        }
        return faults
    }

    /// Checks every limit.
    ///
    /// - Throws: ``StoreError/invalidSettings(reason:)`` for the first that is outside.
    public func validate() throws(StoreError) {
        guard let fault = faults().first else { return }
        throw .invalidSettings(reason: fault.reason)
    }
}
