internal import Synchronization

/// Samples on disk that were sealed together: sorted by series, then by time, and never changed.
///
/// A run is a row of bytes that fills its slots one after the other; the root names the slots. It
/// consists of chunks, which are what is read and checked at once, and an index behind them. A
/// chunk has entries to its end, each a block of samples of one series, see ``SampleBlock``; in
/// chunks of stores of the first format see ``FirstFormatBlock``. Every field:
/// <doc:StoreFormat#Runs>.
///
/// Numbers of runs are random and take part in the checksums: bytes that an earlier run left in a
/// slot, or a later one wrote there, do not pass for this run's.
final class SealedRun: Sendable {
    /// Where a chunk lies and what it begins with.
    struct Fence: Hashable, Sendable {
        var series: UInt32
        var offset: UInt32
        var firstTime: Int64
    }

    /// How the blocks of a chunk are encoded.
    enum Encoding: UInt8 {
        /// Only read.
        case first = 1
        case columns = 2
    }

    static let chunkHeaderBytes = 5

    private struct ReadState {
        var chunkIndex = -1
        var chunk: [UInt8] = []
        /// Where the last search in that chunk ended.
        var place = Place()
        var damaged: Set<Int> = []
    }

    /// A place between two entries of a chunk.
    private struct Place {
        /// A series that no entry before the place comes after; nil at the beginning.
        var sought: UInt32?
        /// Where the next entry lies.
        var index = SealedRun.chunkHeaderBytes
        /// The series of the entry before; at the beginning of the chunk its first one.
        var series: UInt32 = 0
    }

    let record: RunRecord
    let fences: [Fence]
    /// Series that have samples in it.
    let series: SeriesSet
    let sketch: TimeSketch
    private let disk: StoreDisk
    /// The last chunk that was read, and how far: queries mostly go on with the series after.
    private let state = Mutex(ReadState())
    private let gaveWay = Atomic(false)

    init(
        _ record: RunRecord,
        fences: [Fence],
        series: SeriesSet,
        sketch: TimeSketch,
        disk: StoreDisk
    ) {
        self.record = record
        self.fences = fences
        self.series = series
        self.sketch = sketch
        self.disk = disk
    }

    /// Times of the earliest and the latest sample.
    var times: ClosedRange<Int64> { record.earliest...record.latest }

    /// Chunks found damaged so far.
    var damagedChunkCount: Int { state.withLock { $0.damaged.count } }

    /// Says that its slots are written anew from now on, although a snapshot may still read it.
    func giveWay() {
        gaveWay.store(true, ordering: .releasing)
    }

    /// Whether it may hold samples of a series in a range of times.
    func mayHold(_ number: UInt32, in range: ClosedRange<Int64>) -> Bool {
        series.contains(number) && times.overlaps(range)
    }

    /// Adds the samples of a series in a range of times to a work array, in rising time.
    ///
    /// - Parameters:
    ///   - number: The series.
    ///   - range: Both ends are included.
    ///   - run: Gets the samples behind what it holds; see ``SampleRun/settle(from:)``.
    ///   - skipping: Which chunks are left out and counted.
    /// - Throws: ``RunFault``; some of the samples may then be in the work array.
    /// - Returns: Whether no chunk was left out.
    @discardableResult
    func read(
        _ number: UInt32,
        in range: ClosedRange<Int64>,
        into run: inout SampleRun,
        skipping: Skipping = .nothing
    ) throws(RunFault) -> Bool {
        guard mayHold(number, in: range) else { return true }
        var isWhole = true
        var index = max(0, firstFence(after: number, range.lowerBound) - 1)
        while index < fences.count, fences[index].series <= number {
            if fences[index].series == number, fences[index].firstTime > range.upperBound { break }
            do {
                let bytes = try chunk(index, skipping)
                try decode(bytes, index, number, range, into: &run)
            } catch {
                guard skipping.covers(error) else { throw error }
                state.withLock { _ = $0.damaged.insert(index) }
                isWhole = false
            }
            index += 1
        }
        return isWhole
    }

    /// A block of samples of one series, as it lies in a chunk.
    struct Block {
        /// The chunk, which passed its check.
        let chunk: [UInt8]
        /// Where the block lies in it.
        let place: Range<Int>
        let encoding: Encoding
        /// How many samples it holds.
        let count: Int
        let firstTime: Int64

        /// Decodes the samples in a range of times into a work array; false when it is damaged.
        func decode(
            in range: ClosedRange<Int64>,
            _ numbers: inout [Int64],
            into run: inout SampleRun
        ) -> Bool {
            switch encoding {
            case .columns:
                SampleBlock.decode(
                    ByteReader(chunk, place),
                    count: count,
                    firstTime: firstTime,
                    in: range,
                    &numbers,
                    into: &run
                )
            case .first:
                unsafe FirstFormatBlock.decode(
                    chunk.span.bytes,
                    place,
                    count: count,
                    firstTime: firstTime,
                    in: range,
                    into: &run
                )
            }
        }
    }

    /// All blocks of a series in rising time.
    ///
    /// - Parameters:
    ///   - number: The series.
    ///   - skipping: Which chunks are left out and counted.
    /// - Throws: ``RunFault``.
    /// - Returns: As many as there are; none of a series that it does not hold.
    func blocks(of number: UInt32, skipping: Skipping) throws(RunFault) -> [Block] {
        var blocks: [Block] = []
        guard series.contains(number) else { return [] }
        var index = max(0, firstFence(after: number, .min) - 1)
        while index < fences.count, fences[index].series <= number {
            do {
                let bytes = try chunk(index, skipping)
                try forEachBlock(bytes, index, number) { block in
                    blocks.append(block)
                    return true
                }
            } catch {
                guard skipping.covers(error) else { throw error }
                state.withLock { _ = $0.damaged.insert(index) }
            }
            index += 1
        }
        return blocks
    }

    /// Bytes of a chunk, for which the disk is asked again before it is given up the first time.
    private func chunk(_ index: Int, _ skipping: Skipping) throws(RunFault) -> [UInt8] {
        if state.withLock({ $0.damaged.contains(index) }) { return try chunk(index) }
        return try skipping.reading { () throws(RunFault) in try chunk(index) }
    }

    /// Bytes of a chunk that passed its check.
    func chunk(_ index: Int) throws(RunFault) -> [UInt8] {
        if let known = state.withLock({ $0.chunkIndex == index ? $0.chunk : nil }) { return known }
        let offset = Int(fences[index].offset)
        let end = index + 1 < fences.count ? Int(fences[index + 1].offset) : record.dataBytes
        let bytes: [UInt8]
        do {
            bytes = try disk.bytes(of: record, offset..<end)
        } catch {
            throw .file(error)
        }
        let sum = disk.checksum(bytes, run: record.number, offset: offset)
        guard sum == bytes.littleEndian(at: 0, as: UInt32.self),
            Encoding(rawValue: bytes[4]) != nil
        else {
            if gaveWay.load(ordering: .acquiring) { throw .gaveWay }
            state.withLock { _ = $0.damaged.insert(index) }
            throw .damaged(chunk: index)
        }
        state.withLock {
            $0.chunkIndex = index
            $0.chunk = bytes
            $0.place = Place()
        }
        return bytes
    }

    private func decode(
        _ chunk: [UInt8],
        _ index: Int,
        _ number: UInt32,
        _ range: ClosedRange<Int64>,
        into run: inout SampleRun
    ) throws(RunFault) {
        var isDamaged = false
        var numbers = run.takeWorkArray()
        defer { run.giveBack(&numbers) }
        try forEachBlock(chunk, index, number) { block in
            guard block.firstTime <= range.upperBound else { return false }
            isDamaged = !block.decode(in: range, &numbers, into: &run)
            return !isDamaged
        }
        if isDamaged { throw .damaged(chunk: index) }
    }

    /// Calls for each block of a series in a chunk, until told to stop.
    private func forEachBlock(
        _ chunk: [UInt8],
        _ index: Int,
        _ number: UInt32,
        _ body: (Block) -> Bool
    ) throws(RunFault) {
        guard let encoding = Encoding(rawValue: chunk[Self.chunkHeaderBytes - 1]) else {
            throw .damaged(chunk: index)
        }
        var place = place(in: index, before: number)
        place.sought = number
        var reader = ByteReader(chunk, place.index..<chunk.count)
        while reader.remaining > 0 {
            let series = place.series &+ UInt32(truncatingIfNeeded: reader.takeVariable())
            let count = reader.takeCount(limit: SampleBlock.maximumSamples)
            let firstTime = fences[index].firstTime &+ reader.takeSigned()
            let length = reader.takeCount(limit: reader.remaining)
            if series > number { break }
            let bytes = reader.index..<reader.index + length
            reader.skip(length)
            guard !reader.isExhausted, count > 0 else { throw .damaged(chunk: index) }
            if series == number {
                let block = Block(
                    chunk: chunk,
                    place: bytes,
                    encoding: encoding,
                    count: count,
                    firstTime: firstTime
                )
                guard body(block) else { break }
            }
            place.series = series
            place.index = bytes.upperBound
        }
        state.withLock { if $0.chunkIndex == index { $0.place = place } }
    }

    /// The latest known place in a chunk that all entries of a series lie behind.
    private func place(in index: Int, before number: UInt32) -> Place {
        let known = state.withLock { $0.chunkIndex == index ? $0.place : Place() }
        if let sought = known.sought, sought < number { return known }
        return Place(series: fences[index].series)
    }

    /// Index of the first chunk that begins after a place in the order.
    private func firstFence(after number: UInt32, _ time: Int64) -> Int {
        var low = 0
        var high = fences.count
        while low < high {
            let middle = (low + high) / 2
            let fence = fences[middle]
            if (fence.series, fence.firstTime) <= (number, time) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
