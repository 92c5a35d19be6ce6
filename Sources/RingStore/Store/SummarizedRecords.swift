/// Records of the journal whose samples are in the summaries, though they may not be on disk
/// themselves: those of checkpoints that have not come to their end.
///
/// Samples that a bucket whose others have partly given way refuses as too late must not be refused
/// when the journal brings them again, if they had been taken before.
struct SummarizedRecords: Hashable, Sendable {
    /// Records that one checkpoint was the first to summarise.
    struct Stretch: Hashable, Sendable {
        /// Journal position behind the last of them; they begin where the stretch before ends.
        var end: UInt64
        /// Of samples that were not later than all of their series those from this time on had been
        /// taken; earlier ones had been refused.
        var lateFrom: Int64
    }

    /// Stretches that are told apart; from then on the last one grows.
    ///
    /// Each needs a checkpoint that was cut short with the horizon moved, and none between that
    /// came to its end: more than two are hardly ever seen.
    static let maximumStretches = 8
    static let stretchBytes = 16

    private(set) var stretches: [Stretch] = []

    /// Journal position behind the last of them, zero when there are none.
    var end: UInt64 { stretches.last?.end ?? 0 }

    /// Whether a sample of a record at a position had been taken.
    func include(_ time: Int64, at position: UInt64) -> Bool {
        guard let stretch = stretches.first(where: { position < $0.end }) else { return false }
        return time >= stretch.lateFrom
    }

    /// Notes that a checkpoint summarises all records before a position.
    mutating func extend(to end: UInt64, lateFrom: Int64) {
        guard end > self.end else { return }
        let isFull = stretches.count >= Self.maximumStretches
        if let last = stretches.last, isFull || last.lateFrom == lateFrom {
            // What had been taken is never refused: rather one too many is taken.
            stretches[stretches.count - 1] = Stretch(
                end: end,
                lateFrom: min(last.lateFrom, lateFrom)
            )
        } else {
            stretches.append(Stretch(end: end, lateFrom: lateFrom))
        }
    }

    /// Forgets what lies before a position, from which the journal is still needed.
    mutating func forget(before position: UInt64) { stretches.removeAll { $0.end <= position } }
}

extension SummarizedRecords {
    /// Adds the stretches to what a root says.
    func append(to bytes: inout [UInt8]) {
        for stretch in stretches {
            bytes.appendLittleEndian(stretch.end)
            bytes.appendLittleEndian(stretch.lateFrom)
        }
    }

    /// Takes stretches from all that is left of a root.
    init(_ reader: inout ByteReader) {
        while reader.remaining >= Self.stretchBytes {
            stretches.append(Stretch(end: reader.take(), lateFrom: reader.take()))
        }
    }
}
