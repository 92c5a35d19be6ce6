/// Sizes of a journal; they are fixed when it is created.
public struct JournalSettings: Hashable, Sendable {
    /// Smallest segment, 324 KiB: the first multiple of 4096 that holds the largest message.
    ///
    /// No record crosses the end of a segment, and the broker sends a message that cannot be
    /// committed again and again: one of them would stop everything that comes after it.
    public static let minimumSegmentBytes: UInt64 = {
        let needed = SegmentHeader.byteCount + RecordLayout.maximumBytes + SegmentEnd.byteCount
        return (UInt64(needed) + pageBytes - 1) / pageBytes * pageBytes
    }()
    /// Segments are whole pages of the file system.
    static let pageBytes: UInt64 = 4096
    /// Largest segment: recovery reads the newest one whole.
    public static let maximumSegmentBytes: UInt64 = 1 << 30
    /// Fewest segments: one that is written, one that is whole, one on its way out.
    public static let minimumSegmentCount: UInt64 = 3
    /// Largest journal.
    public static let maximumSizeBytes: UInt64 = 1 << 44

    /// A setting with limits.
    package enum Setting: Sendable {
        /// ``JournalSettings/sizeBytes``.
        case size
        /// ``JournalSettings/segmentBytes``.
        case segment
    }

    /// Bytes of the ring, rounded down to whole segments.
    public var sizeBytes: UInt64
    /// Bytes of one segment, a multiple of 4096 in `minimumSegmentBytes...maximumSegmentBytes`.
    public var segmentBytes: UInt64
    /// Tests take smaller segments, so that few bytes are many laps.
    package var leastSegmentBytes = Self.minimumSegmentBytes

    /// Creates settings.
    public init(sizeBytes: UInt64 = 64 << 20, segmentBytes: UInt64 = 4 << 20) {
        self.sizeBytes = sizeBytes
        self.segmentBytes = segmentBytes
    }

    /// How many segments the ring has.
    public var segmentCount: UInt64 { sizeBytes / max(1, segmentBytes) }

    /// What is outside its limits, and why; the size is judged by segments that are right.
    package func faults() -> [(setting: Setting, reason: String)] {
        guard (leastSegmentBytes...Self.maximumSegmentBytes).contains(segmentBytes),
            segmentBytes % Self.pageBytes == 0
        else {
            let reason =
                "segments of \(segmentBytes) bytes are not a multiple of \(Self.pageBytes) in "
                + "\(leastSegmentBytes)...\(Self.maximumSegmentBytes); the least holds the "
                + "largest message"
            return [(.segment, reason)]
        }
        guard segmentCount >= Self.minimumSegmentCount, sizeBytes <= Self.maximumSizeBytes else {
            let reason =
                "a journal of \(sizeBytes) bytes is not between "
                + "\(Self.minimumSegmentCount) segments of \(segmentBytes) bytes and "
                + "\(Self.maximumSizeBytes) bytes"
            return [(.size, reason)]
        }
        return []
    }

    /// Checks every limit.
    ///
    /// - Throws: ``JournalError/invalidSettings(reason:)`` for the first that is outside.
    public func validate() throws(JournalError) {
        guard let fault = faults().first else { return }
        throw .invalidSettings(reason: fault.reason)
    }
}
