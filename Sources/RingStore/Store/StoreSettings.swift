public import Telemetry

/// Sizes and limits of a store; the sizes are fixed when it is created.
public struct StoreSettings: Hashable, Sendable {
    /// Smallest raw tier that works: 64 slots of the smallest size.
    public static let minimumRawTierBytes: UInt64 = 256 << 10
    /// Largest raw tier: each checkpoint writes a root, which then takes up to 18 MiB.
    public static let maximumRawTierBytes: UInt64 = 1 << 38
    /// Most series that a store can be told to keep.
    public static let maximumSeriesLimit = 4_000_000
    /// Most bytes of names and values in one series' labels; the longest of the real recordings
    /// take under 300.
    public static let maximumLabelBytes = 4096

    /// Bytes on disk for samples, in `minimumRawTierBytes...maximumRawTierBytes`; rounded down to
    /// whole slots.
    public var rawTierBytes: UInt64
    /// How many series may exist; more are refused.
    ///
    /// A series that has no samples left counts still.
    public var maximumSeries: Int
    /// How long samples are kept at most, or nil when only the size of the tier limits them.
    ///
    /// It is measured from the time that ``RingStore/checkpoint(journalPosition:at:)`` is given, or
    /// from the latest sample when that is earlier: a clock that runs ahead must not clear a store.
    public var retention: Milliseconds?
    /// Bytes of memory that samples of the head may take before a checkpoint is due.
    public var headBytes: Int

    /// Creates settings.
    public init(
        rawTierBytes: UInt64 = 1 << 30,
        maximumSeries: Int = 100_000,
        retention: Milliseconds? = nil,
        headBytes: Int = 24 << 20
    ) {
        self.rawTierBytes = rawTierBytes
        self.maximumSeries = maximumSeries
        self.retention = retention
        self.headBytes = headBytes
    }

    /// Bytes that the file of a store with these settings takes, all of them from the beginning.
    ///
    /// - Throws: ``StoreError/invalidSettings(reason:)``.
    public func fileBytes() throws(StoreError) -> UInt64 {
        try StoreGeometry(self).fileBytes
    }

    /// Checks every limit.
    ///
    /// - Throws: ``StoreError/invalidSettings(reason:)``.
    func validate() throws(StoreError) {
        guard (Self.minimumRawTierBytes...Self.maximumRawTierBytes).contains(rawTierBytes) else {
            throw .invalidSettings(
                reason: "a raw tier of \(rawTierBytes) bytes is outside "
                    + "\(Self.minimumRawTierBytes)...\(Self.maximumRawTierBytes)"
            )
        }
        guard (1...Self.maximumSeriesLimit).contains(maximumSeries) else {
            throw .invalidSettings(
                reason: "a limit of \(maximumSeries) series is outside "
                    + "1...\(Self.maximumSeriesLimit)"
            )
        }
        guard headBytes > 0 else {
            throw .invalidSettings(reason: "a head of \(headBytes) bytes holds nothing")
        }
        if let retention, retention <= .zero {
            throw .invalidSettings(reason: "a retention of \(retention.count) ms keeps nothing")
        }
    }
}
