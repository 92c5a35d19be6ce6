internal import Telemetry

/// The samples of one series that no checkpoint has sealed yet, in rising time.
///
/// The last few lie in the series' own place in memory, next to those of other series: a batch has
/// one sample each of many series, and a block of each would be a page of memory for every sample.
/// Those before them lie in short sorted blocks: a sample at any time costs a search and a move of
/// at most one block, and a copy held by a snapshot makes the writer duplicate one block, not all.
struct SeriesHead: Sendable {
    /// Samples of a block: 4 KiB.
    static let blockSize = 256
    /// Samples in the series' own place.
    static let tailSize = 4

    /// What adding a sample has begun.
    enum Beginning {
        case nothing
        /// It is the first of its series.
        case series
        /// It has moved others into the first block of its series.
        case blocks
    }

    private var blocks: [[HeadSample]] = []
    /// The last samples, all later than those in blocks.
    private var tail = InlineArray<4, HeadSample>(repeating: HeadSample(time: 0, bits: 0))
    private var tailCount = 0

    /// Whether it holds none.
    var isEmpty: Bool { tailCount == 0 && blocks.isEmpty }

    /// Whether it has any beside those in its own place.
    var hasBlocks: Bool { !blocks.isEmpty }

    /// How many samples it holds.
    var count: Int { blocks.reduce(tailCount) { $0 + $1.count } }

    /// Times of the first and the last sample, or nil when there is none.
    var times: ClosedRange<Int64>? {
        guard let last = lastTime else { return nil }
        return (blocks.first?[0].time ?? tail[0].time)...last
    }

    private var lastTime: Int64? {
        tailCount > 0 ? tail[tailCount - 1].time : blocks.last?.last?.time
    }

    /// The value's bit pattern at exactly a time, or nil.
    func bits(at time: Int64) -> UInt64? {
        guard let lastTime, time <= lastTime else { return nil }
        for index in 0..<tailCount where tail[index].time == time { return tail[index].bits }
        guard !blocks.isEmpty else { return nil }
        let block = blocks[blockIndex(for: time)]
        let index = Self.lowerBound(block.span, time)
        return index < block.count && block[index].time == time ? block[index].bits : nil
    }

    /// Puts a sample in its place, over one of the same time.
    mutating func put(_ sample: HeadSample) {
        guard let lastTime, sample.time <= lastTime else {
            append(sample)
            return
        }
        moveTail()
        let index = blockIndex(for: sample.time)
        Self.put(sample, into: &blocks[index])
        if blocks[index].count > Self.blockSize {
            let half = Self.blockSize / 2
            blocks.insert(Array(blocks[index][half...]), at: index + 1)
            blocks[index].removeSubrange(half...)
        }
    }

    private static func put(_ sample: HeadSample, into block: inout [HeadSample]) {
        let place = lowerBound(block.span, sample.time)
        if place < block.count, block[place].time == sample.time {
            block[place].bits = sample.bits
        } else {
            block.insert(sample, at: place)
        }
    }

    /// Adds the samples in a range of times, both ends included, to a work array.
    func copy(_ range: ClosedRange<Int64>, into run: inout SampleRun) {
        forEachBlock(in: range) { block, part in run.append(block, part) }
    }

    /// Calls for each row of samples that has some in a range of times, both ends included, with
    /// the part of it that lies there.
    func forEachBlock(
        in range: ClosedRange<Int64>,
        _ body: (_ block: Span<HeadSample>, _ part: Range<Int>) -> Void
    ) {
        guard let times, times.overlaps(range) else { return }
        if !blocks.isEmpty {
            for index in blockIndex(for: range.lowerBound)..<blocks.count {
                let block = blocks[index]
                guard block[0].time <= range.upperBound else { return }
                Self.lend(block.span, in: range, body)
            }
        }
        if tailCount > 0 { Self.lend(tail.span.extracting(first: tailCount), in: range, body) }
    }

    private static func lend(
        _ block: Span<HeadSample>,
        in range: ClosedRange<Int64>,
        _ body: (_ block: Span<HeadSample>, _ part: Range<Int>) -> Void
    ) {
        let low = block[0].time >= range.lowerBound ? 0 : lowerBound(block, range.lowerBound)
        let isWhole = block[block.count - 1].time <= range.upperBound
        let high = isWhole ? block.count : lowerBound(block, range.upperBound + 1)
        if low < high { body(block, low..<high) }
    }

    /// Adds a sample that is later than all.
    @discardableResult
    mutating func append(_ sample: HeadSample) -> Beginning {
        if tailCount < Self.tailSize {
            tail[tailCount] = sample
            tailCount += 1
            return tailCount == 1 && blocks.isEmpty ? .series : .nothing
        }
        let hadBlocks = hasBlocks
        moveTail()
        tail[0] = sample
        tailCount = 1
        return hadBlocks ? .nothing : .blocks
    }

    /// Moves the last samples into blocks.
    private mutating func moveTail() {
        guard tailCount > 0 else { return }
        if blocks.isEmpty || blocks[blocks.count - 1].count + tailCount > Self.blockSize {
            blocks.append([])
        }
        let last = blocks.count - 1
        unsafe tail.span.extracting(first: tailCount).withUnsafeBufferPointer { samples in
            unsafe blocks[last].append(contentsOf: samples)
        }
        tailCount = 0
    }

    /// The last block that begins at or before a time, else the first.
    private func blockIndex(for time: Int64) -> Int {
        var low = 0
        var high = blocks.count
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle][0].time <= time { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    private static func lowerBound(_ block: Span<HeadSample>, _ time: Int64) -> Int {
        var low = 0
        var high = block.count
        while low < high {
            let middle = (low + high) / 2
            if block[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
