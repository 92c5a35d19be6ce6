/// Sizes of a journal; they are fixed when it is created.
public struct JournalSettings: Hashable, Sendable {
    /// Smallest segment: one page of the file system.
    public static let minimumSegmentBytes: UInt64 = 4096
    /// Largest segment: recovery reads the newest one whole.
    public static let maximumSegmentBytes: UInt64 = 1 << 30
    /// Fewest segments: one that is written, one that is whole, one on its way out.
    public static let minimumSegmentCount: UInt64 = 3
    /// Largest journal.
    public static let maximumSizeBytes: UInt64 = 1 << 44

    /// Bytes of the ring, rounded down to whole segments.
    public var sizeBytes: UInt64
    /// Bytes of one segment, a multiple of 4096.
    public var segmentBytes: UInt64

    /// Creates settings.
    public init(sizeBytes: UInt64 = 64 << 20, segmentBytes: UInt64 = 4 << 20) {
        self.sizeBytes = sizeBytes
        self.segmentBytes = segmentBytes
    }

    /// How many segments the ring has.
    public var segmentCount: UInt64 { sizeBytes / max(1, segmentBytes) }

    /// Largest record, header included, that fits into a segment.
    public var maximumRecordBytes: Int {
        Int(segmentBytes) - SegmentHeader.byteCount - SegmentEnd.byteCount
    }

    /// Checks every limit.
    ///
    /// - Throws: ``JournalError/invalidSettings(reason:)``.
    func validate() throws(JournalError) {
        let segments = Self.minimumSegmentBytes...Self.maximumSegmentBytes
        guard segments.contains(segmentBytes), segmentBytes % 4096 == 0 else {
            throw .invalidSettings(
                reason: "segments of \(segmentBytes) bytes are not a multiple of 4096 in "
                    + "\(segments.lowerBound)...\(segments.upperBound)"
            )
        }
        guard segmentCount >= Self.minimumSegmentCount, sizeBytes <= Self.maximumSizeBytes else {
            throw .invalidSettings(
                reason: "a size of \(sizeBytes) bytes is not between "
                    + "\(Self.minimumSegmentCount) segments of \(segmentBytes) bytes and "
                    + "\(Self.maximumSizeBytes) bytes"
            )
        }
    }
}
