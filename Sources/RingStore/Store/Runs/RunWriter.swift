/// Builds a run in memory, series by series; its owner writes the bytes to slots as they come.
struct RunWriter {
    /// A chunk ends after the entry that brings it to so many bytes.
    static let fullChunkBytes = 4096

    /// Number of the run.
    let number: UInt64
    /// Slots that its first bytes were written to.
    private(set) var slots: [UInt32] = []
    /// How many samples it holds.
    private(set) var sampleCount = 0
    private let disk: StoreDisk
    /// Bytes of finished chunks that are in no slot yet.
    private var pending: [UInt8] = []
    private var dataBytes = 0
    private var indexBytes = 0
    private var chunk: [UInt8] = []
    private var lastSeries: UInt32 = 0
    private var fences: [SealedRun.Fence] = []
    private var series = SeriesSet()
    private var sketch = TimeSketch()
    private var earliest = Int64.max
    private var latest = Int64.min
    private var block = SampleBlock()

    /// Begins a run, the number of which is drawn at random but in tests.
    init(disk: StoreDisk, number: UInt64 = .random(in: 1 ... .max)) {
        self.disk = disk
        self.number = number
    }

    /// Adds samples of a series that is not lower than all before; in the same series, later ones.
    mutating func append(_ number: UInt32, _ run: borrowing SampleRun, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        series.insert(number)
        sampleCount += range.count
        earliest = min(earliest, run.times[range.lowerBound])
        latest = max(latest, run.times[range.upperBound - 1])
        sketch.add(range.count) { run.times[range.lowerBound + $0] }
        var index = range.lowerBound
        while index < range.upperBound {
            let encoded = block.encode(run, from: index, to: range.upperBound)
            putEntry(number, run.times[index], encoded.next - index, encoded.bytes[...])
            index = encoded.next
        }
    }

    /// Adds a block as another run has it; samples of its series that are not before `end` follow.
    ///
    /// - Precondition: the series is not lower than all before.
    mutating func append(_ number: UInt32, _ block: SealedRun.Block, before end: Int64) {
        series.insert(number)
        sampleCount += block.count
        earliest = min(earliest, block.firstTime)
        // The times inside are not known; they lie about evenly.
        let step = (end &- block.firstTime) / Int64(block.count)
        sketch.add(block.count) { block.firstTime &+ Int64($0) &* step }
        putEntry(number, block.firstTime, block.count, block.chunk[block.place])
    }

    /// Ends the last chunk and adds the index.
    mutating func finish() {
        endChunk()
        var index = [UInt8](repeating: 0, count: 4)
        index += SealedRun.encodeIndex(fences, series, sketch, dataBytes: dataBytes)
        seal(&index)
        indexBytes = index.count
        pending += index
    }

    /// Bytes for the next slot: a full one's, or after ``finish()`` what is left; else nil.
    func nextSlotful(isFinished: Bool) -> ArraySlice<UInt8>? {
        let slotBytes = disk.geometry.slotBytes
        if pending.count >= slotBytes { return pending[..<slotBytes] }
        return isFinished && !pending.isEmpty ? pending[...] : nil
    }

    /// Says that the bytes of ``nextSlotful(isFinished:)`` are in a slot.
    mutating func passSlotful(_ slot: UInt32) {
        slots.append(slot)
        pending.removeFirst(min(pending.count, disk.geometry.slotBytes))
    }

    /// The finished run, all bytes of which are in its slots.
    func sealedRun() -> SealedRun {
        let record = RunRecord(
            number: number,
            dataBytes: dataBytes,
            indexBytes: indexBytes,
            sampleCount: sampleCount,
            earliest: earliest,
            latest: latest,
            slots: slots
        )
        return SealedRun(record, fences: fences, series: series, sketch: sketch, disk: disk)
    }

    private mutating func putEntry(
        _ number: UInt32,
        _ firstTime: Int64,
        _ count: Int,
        _ bytes: ArraySlice<UInt8>
    ) {
        if chunk.isEmpty {
            chunk += [0, 0, 0, 0, SealedRun.Encoding.columns.rawValue]
            lastSeries = number
            let offset = UInt32(dataBytes)
            fences.append(.init(series: number, offset: offset, firstTime: firstTime))
        }
        chunk.appendVariable(UInt64(number - lastSeries))
        chunk.appendVariable(UInt64(count))
        chunk.appendSigned(firstTime &- fences[fences.count - 1].firstTime)
        chunk.appendVariable(UInt64(bytes.count))
        chunk += bytes
        lastSeries = number
        if chunk.count >= Self.fullChunkBytes { endChunk() }
    }

    private mutating func endChunk() {
        guard !chunk.isEmpty else { return }
        seal(&chunk)
        pending += chunk
        dataBytes += chunk.count
        chunk.removeAll(keepingCapacity: true)
    }

    private func seal(_ bytes: inout [UInt8]) {
        let sum = disk.checksum(bytes, run: number, offset: dataBytes)
        for place in 0..<4 { bytes[place] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * place)) }
    }
}
