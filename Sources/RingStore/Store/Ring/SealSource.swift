/// Samples that lie nowhere on disk yet, or whose values shall stand over those that do, as a ring
/// is given them to seal.
protocol SealSource {
    /// Time of the last of them, or nil when there are none.
    var latest: Int64? { get }

    /// How much there is in a range of times, both ends included.
    ///
    /// Every series that has samples there must be named; the counts may be estimates.
    mutating func part(in times: ClosedRange<Int64>) -> SealPart

    /// Adds the samples of a series in a range of times to an empty work array, in rising time.
    ///
    /// Called for rising series within a range, and for series that have none.
    ///
    /// - Throws: ``RunFault/file(_:)`` when they come from the disk and it refuses, unless that
    ///   shall be skipped.
    mutating func copy(
        _ number: UInt32,
        in times: ClosedRange<Int64>,
        skipping: SealedRun.Skipping,
        into run: inout SampleRun
    ) throws(RunFault)

    /// Whether samples of a series that are on disk already may have to be left out.
    func changes(_ number: UInt32) -> Bool

    /// Leaves out samples of a series, of a run that is written anew.
    mutating func change(_ number: UInt32, _ samples: inout SampleRun)
}

extension SealSource {
    /// All samples stay.
    func changes(_ number: UInt32) -> Bool { false }

    /// All samples stay.
    mutating func change(_ number: UInt32, _ samples: inout SampleRun) {}
}

/// How much there is to seal in a range of times.
struct SealPart {
    /// Series that have samples.
    var series = SeriesSet()
    /// How many samples there are, about; zero only when there are none.
    var sampleCount = 0
    /// When they are.
    var sketch = TimeSketch()
}

/// The samples in memory as something to seal.
struct HeadSource: SealSource {
    let head: StoreHead

    var latest: Int64? { head.times?.upperBound }

    func part(in times: ClosedRange<Int64>) -> SealPart {
        var part = SealPart()
        part.series = head.seriesPresent(in: times)
        part.series.forEach { number in
            head.series[Int(number)].forEachBlock(in: times) { block, range in
                part.sampleCount += range.count
                part.sketch.add(range.count) { block[range.lowerBound + $0].time }
            }
        }
        return part
    }

    func copy(
        _ number: UInt32,
        in times: ClosedRange<Int64>,
        skipping: SealedRun.Skipping,
        into run: inout SampleRun
    ) {
        guard number < head.series.count else { return }
        head.series[Int(number)].copy(times, into: &run)
    }
}
