internal import Crypto

/// What a walk along the journal's hash chain found.
public struct ChainReport: Hashable, Sendable {
    /// Segments whose content has the hash that its end and the next header name.
    public var verifiedSegments = 0
    /// Segments that have no end yet: the newest one.
    public var openSegments = 0
    /// What does not fit, in words; empty when the chain is whole.
    public var faults: [String] = []
}

extension JournalReader {
    /// The segments that the ring holds, the oldest first.
    ///
    /// - Throws: ``JournalError/file(_:)``, ``JournalError/damaged(path:position:reason:)``.
    /// - Returns: At least one segment.
    public func segments() throws(JournalError) -> [SegmentInfo] {
        var segments: [SegmentInfo] = []
        for number in try geometry.heldSegments(in: file) {
            guard let header = try geometry.header(of: number, in: file) else { continue }
            segments.append(
                SegmentInfo(
                    number: number,
                    start: geometry.start(of: number),
                    openedAt: header.openedAt,
                    previousHash: header.previous
                )
            )
        }
        return segments
    }

    /// Computes every segment's hash anew and compares it along the chain.
    ///
    /// Reads the whole ring. A changed byte in a segment shows in that segment, and a segment
    /// exchanged for another shows at the next one.
    /// - Throws: ``JournalError/file(_:)``, ``JournalError/damaged(path:position:reason:)``.
    /// - Returns: What was found.
    public func verifyChain() throws(JournalError) -> ChainReport {
        var report = ChainReport()
        var expected: [UInt8]?
        let segments = try segments()
        if let oldest = segments.first?.number, UInt64(segments.count) < geometry.segmentCount {
            try checkBefore(oldest, &report)
        }
        for segment in segments {
            if let expected, segment.previousHash != expected {
                report.faults.append(
                    "segment \(segment.number) names another hash for the segment before it"
                )
            }
            expected = try verify(segment, &report)
        }
        return report
    }

    /// A segment before the oldest one that can be found: its header is gone when it was being
    /// written anew, and damaged when something else stands there.
    private func checkBefore(
        _ oldest: UInt64,
        _ report: inout ChainReport
    ) throws(JournalError) {
        guard oldest > 0 else { return }
        let bytes: [UInt8]
        do {
            let start = geometry.offset(of: geometry.start(of: oldest - 1))
            bytes = try file.bytes(SegmentHeader.byteCount, at: start)
        } catch {
            throw .file(error)
        }
        // A header is taken away, and the next one written, from its first byte on: what a power
        // cut leaves of either is no damage.
        let isOld =
            bytes.littleEndian(at: 8) == oldest - 1
            && bytes.littleEndian(at: 16) == geometry.identity
        if bytes.first != 0, isOld || bytes.last != 0 {
            report.faults.append(
                "segment \(oldest - 1) has a header that fails its check; neither it nor any "
                    + "segment before it can be read"
            )
        }
    }

    private func verify(
        _ segment: SegmentInfo,
        _ report: inout ChainReport
    ) throws(JournalError) -> [UInt8]? {
        var scan = SegmentScan(geometry)
        let outcome = try scan.run(
            file,
            from: geometry.firstRecord(of: segment.number),
            limit: .max,
            fault: { JournalError.file($0) },
            { (_) throws(JournalError) in true }
        )
        guard case .ended(let end) = outcome else {
            if try geometry.header(of: segment.number + 1, in: file) != nil {
                report.faults.append("segment \(segment.number) has a record that fails its check")
            } else {
                report.openSegments += 1
            }
            return nil
        }
        let hash = Array(try geometry.hash(of: segment.number, to: end, in: file).finalize())
        let stored: [UInt8]
        do {
            stored = try file.bytes(
                SegmentEnd.hashBytes,
                at: geometry.offset(of: end) + UInt64(RecordLayout.headerBytes)
            )
        } catch {
            throw .file(error)
        }
        if stored == hash {
            report.verifiedSegments += 1
        } else {
            report.faults.append("segment \(segment.number) does not have the hash at its end")
        }
        return hash
    }
}
