internal import Telemetry

/// All samples that no checkpoint has sealed yet.
struct StoreHead: Sendable {
    /// What a sample takes.
    static let sampleBytes = 16
    /// What a series takes beside them that has more than fit into its own place: two array headers
    /// and the allocator's part.
    static let seriesBytes = 96

    private(set) var series = PagedArray<SeriesHead>()
    /// How many samples it holds.
    private(set) var sampleCount = 0
    /// Earliest and latest time in it, or nil when it is empty.
    private(set) var times: ClosedRange<Int64>?
    /// How many series have samples in it.
    private(set) var filledSeries = 0
    /// How many have blocks of them.
    private var blockedSeries = 0

    /// Creates an empty head of so many series.
    init(seriesCount: Int = 0) {
        for _ in 0..<seriesCount { addSeries() }
    }

    /// Bytes of memory that its samples take, spare room of growing arrays left out.
    var byteCount: Int { sampleCount * Self.sampleBytes + blockedSeries * Self.seriesBytes }

    /// Makes room for one more series.
    mutating func addSeries() {
        series.append(SeriesHead())
    }

    /// Adds a sample that is later than all of its series.
    mutating func append(_ sample: HeadSample, in number: UInt32) {
        switch series.update(Int(number), { $0.append(sample) }) {
        case .nothing: break
        case .series: filledSeries += 1
        case .blocks: blockedSeries += 1
        }
        note(sample.time, isNew: true)
    }

    /// Puts a sample in its place; `isNew` says that none of that time is in the head.
    mutating func put(_ sample: HeadSample, in number: UInt32, isNew: Bool) {
        let (wasEmpty, hadBlocks, hasBlocks) = series.update(Int(number)) { head in
            let (wasEmpty, hadBlocks) = (head.isEmpty, head.hasBlocks)
            head.put(sample)
            return (wasEmpty, hadBlocks, head.hasBlocks)
        }
        if wasEmpty { filledSeries += 1 }
        if hasBlocks, !hadBlocks { blockedSeries += 1 }
        note(sample.time, isNew: isNew)
    }

    private mutating func note(_ time: Int64, isNew: Bool) {
        if isNew { sampleCount += 1 }
        guard let known = times else {
            times = time...time
            return
        }
        if known.contains(time) { return }
        times = min(known.lowerBound, time)...max(known.upperBound, time)
    }

    /// The series that have samples in a range of times, both ends included.
    func seriesPresent(in range: ClosedRange<Int64>) -> SeriesSet {
        var present = SeriesSet()
        guard let times, times.overlaps(range) else { return present }
        for number in 0..<series.count where series[number].times?.overlaps(range) == true {
            present.insert(UInt32(number))
        }
        return present
    }

    /// Whether a series has samples in a range of times.
    func holds(_ number: UInt32, in range: ClosedRange<Int64>) -> Bool {
        guard let times, times.overlaps(range) else { return false }
        return series[Int(number)].times?.overlaps(range) == true
    }
}
