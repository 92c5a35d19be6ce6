/// Reads the records of one segment in order, a chunk at a time.
struct SegmentScan {
    /// Bytes read at once; at least as large as the largest record.
    static let chunkBytes = 1 << 20

    /// Why a scan came to its end.
    enum Outcome: Hashable {
        /// The segment's end record was met; it is the one at this position.
        case ended(at: UInt64)
        /// No valid record lies here.
        case stopped(at: UInt64)
        /// The limit was reached, or the body wants no more.
        case limited(at: UInt64)
    }

    let geometry: JournalGeometry
    private var buffer: [UInt8] = []

    init(_ geometry: JournalGeometry) {
        self.geometry = geometry
    }

    /// Lends each record from a position to `limit`, until the body returns false.
    ///
    /// The end record is lent to nobody. Bytes are checked in a copy, so that a writer that is
    /// overtaking shows as records that are not valid.
    mutating func run<Failure: Error>(
        _ file: borrowing StorageFile,
        from first: UInt64,
        limit: UInt64,
        fault: (FileError) -> Failure,
        _ body: (borrowing RecordView) throws(Failure) -> Bool
    ) throws(Failure) -> Outcome {
        let segmentLimit = geometry.start(of: geometry.segment(of: first) + 1)
        var position = first
        while position < min(limit, segmentLimit) {
            let wanted = Int(min(UInt64(Self.chunkBytes), segmentLimit - position))
            do {
                buffer = try file.bytes(wanted, at: geometry.offset(of: position))
            } catch {
                throw fault(error)
            }
            let chunkStart = position
            let outcome = try lend(from: &position, limit: limit, body)
            if let outcome { return outcome }
            // What is left of the chunk is no record: a longer look helps only after progress.
            if position == chunkStart { return .stopped(at: position) }
        }
        return position >= limit ? .limited(at: position) : .stopped(at: position)
    }

    private func lend<Failure: Error>(
        from position: inout UInt64,
        limit: UInt64,
        _ body: (borrowing RecordView) throws(Failure) -> Bool
    ) throws(Failure) -> Outcome? {
        try unsafe buffer.span.bytes.withUnsafeBytes { (memory) throws(Failure) -> Outcome? in
            var offset = 0
            while position < limit {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: memory[offset...])
                guard let length = unsafe RecordLayout.validLength(rest, position: position),
                    let view = unsafe RecordLayout.view(
                        UnsafeRawBufferPointer(rebasing: rest[..<length]),
                        position: position
                    )
                else { return nil }
                if view.kind == .segmentEnd { return .ended(at: position) }
                position = view.end
                offset += length
                if try !body(view) { return .limited(at: position) }
            }
            return .limited(at: position)
        }
    }
}
