/// Puts the blocks of one series from several runs together while they follow each other in time.
///
/// Full blocks are handed on as they are; short ones are decoded and encoded anew with what
/// follows, so that a run that is written from many has full blocks again.
struct BlockMerger {
    /// A block of fewer samples is not worth keeping as it is.
    static let fullCount = SampleBlock.maximumSamples / 2

    private enum Part {
        /// The block, and the first time after it.
        case block(SealedRun.Block, end: Int64)
        case samples(SampleRun)
    }

    private let times: ClosedRange<Int64>
    private var parts: [Part] = []
    private var last = Int64.min
    private var numbers: [Int64] = []

    /// Only samples in a range of times, both ends included, may be written.
    init(_ times: ClosedRange<Int64>) {
        self.times = times
    }

    /// Adds the blocks of the next run; false when they begin before the last sample so far, or
    /// cannot be read.
    mutating func add(_ blocks: [SealedRun.Block]) -> Bool {
        guard let first = blocks.first else { return true }
        guard first.firstTime >= times.lowerBound, makeRoom(for: first.firstTime) else {
            return false
        }
        for (index, block) in blocks.enumerated() {
            let end = index + 1 < blocks.count ? blocks[index + 1].firstTime : nil
            if let end, block.count >= Self.fullCount, block.encoding == .columns {
                parts.append(.block(block, end: end))
                continue
            }
            var samples = SampleRun()
            guard block.decode(in: .min ... .max, &numbers, into: &samples),
                let lastTime = samples.times.last, end.map({ lastTime < $0 }) ?? true
            else { return false }
            last = lastTime
            parts.append(.samples(samples))
        }
        return true
    }

    /// Takes the last sample away when what comes next begins at its time, as the row of a bucket
    /// does of which more has come; false when it begins before.
    private mutating func makeRoom(for first: Int64) -> Bool {
        if parts.isEmpty || first > last { return true }
        guard first == last, case .samples(var samples)? = parts.popLast() else { return false }
        samples.truncate(to: samples.count - 1)
        if !samples.isEmpty { parts.append(.samples(samples)) }
        return true
    }

    /// Adds new samples and writes everything; false when they begin before the last one so far.
    mutating func finish(
        _ fresh: borrowing SampleRun,
        _ number: UInt32,
        to writer: inout RunWriter
    ) -> Bool {
        if let first = fresh.times.first {
            guard makeRoom(for: first) else { return false }
            parts.append(.samples(copy fresh))
        }
        var pending = SampleRun()
        for part in parts {
            switch part {
            case .samples(let samples): pending.append(samples, 0..<samples.count)
            case .block(let block, let end):
                let isShort = !pending.isEmpty && pending.count < Self.fullCount
                // One that cannot be decoded stays as it is, for whoever can tell why.
                if isShort, block.decode(in: .min ... .max, &numbers, into: &pending) { continue }
                writer.append(number, pending, 0..<pending.count)
                pending.removeAll()
                writer.append(number, block, before: end)
            }
        }
        writer.append(number, pending, 0..<pending.count)
        return true
    }
}
