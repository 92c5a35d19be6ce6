internal import Telemetry

/// The samples of one series that no checkpoint has sealed yet, in rising time.
///
/// They lie in short sorted blocks: a sample at any time costs a search and a move of at most one
/// block, and a copy held by a snapshot makes the writer duplicate one block, not all.
struct SeriesHead: Sendable {
    /// Samples of a block: 4 KiB.
    static let blockSize = 256

    private var blocks: [[HeadSample]] = []

    /// Whether it holds none.
    var isEmpty: Bool { blocks.isEmpty }

    /// How many samples it holds.
    var count: Int { blocks.reduce(0) { $0 + $1.count } }

    /// Times of the first and the last sample, or nil when there is none.
    var times: ClosedRange<Int64>? {
        guard let first = blocks.first?.first, let last = blocks.last?.last else { return nil }
        return first.time...last.time
    }

    /// The value's bit pattern at exactly a time, or nil.
    func bits(at time: Int64) -> UInt64? {
        guard let last = blocks.last?.last, time <= last.time else { return nil }
        let block = blocks[blockIndex(for: time)]
        let index = Self.lowerBound(block, time)
        return index < block.count && block[index].time == time ? block[index].bits : nil
    }

    /// Puts a sample in its place, over one of the same time.
    mutating func put(_ sample: HeadSample) {
        guard let last = blocks.last?.last, sample.time <= last.time else {
            append(sample)
            return
        }
        let index = blockIndex(for: sample.time)
        let place = Self.lowerBound(blocks[index], sample.time)
        if place < blocks[index].count, blocks[index][place].time == sample.time {
            blocks[index][place].bits = sample.bits
            return
        }
        blocks[index].insert(sample, at: place)
        if blocks[index].count > Self.blockSize {
            let half = Self.blockSize / 2
            blocks.insert(Array(blocks[index][half...]), at: index + 1)
            blocks[index].removeSubrange(half...)
        }
    }

    /// Adds the samples in a range of times, both ends included, to a work array.
    func copy(_ range: ClosedRange<Int64>, into run: inout SampleRun) {
        forEachBlock(in: range) { block, part in run.append(block, part) }
    }

    /// Calls for each block that has samples in a range of times, both ends included, with the part
    /// of it that lies there.
    func forEachBlock(
        in range: ClosedRange<Int64>,
        _ body: (_ block: [HeadSample], _ part: Range<Int>) -> Void
    ) {
        guard let times, times.overlaps(range) else { return }
        for index in blockIndex(for: range.lowerBound)..<blocks.count {
            let block = blocks[index]
            guard block[0].time <= range.upperBound else { return }
            let low =
                block[0].time >= range.lowerBound ? 0 : Self.lowerBound(block, range.lowerBound)
            let isWhole = block[block.count - 1].time <= range.upperBound
            let high = isWhole ? block.count : Self.lowerBound(block, range.upperBound + 1)
            if low < high { body(block, low..<high) }
        }
    }

    /// Adds a sample that is later than all; returns whether it is the first.
    @discardableResult
    mutating func append(_ sample: HeadSample) -> Bool {
        let last = blocks.count - 1
        guard last >= 0, blocks[last].count < Self.blockSize else {
            blocks.append([sample])
            return last < 0
        }
        blocks[last].append(sample)
        return false
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

    private static func lowerBound(_ block: [HeadSample], _ time: Int64) -> Int {
        var low = 0
        var high = block.count
        while low < high {
            let middle = (low + high) / 2
            if block[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
