/// The rows of one partition of an old store's rollup tier as something to seal in a new one, where
/// series have other numbers.
struct RowCopySource: SealSource {
    private let partition: Partition
    private let times: ClosedRange<Int64>
    /// New numbers, and the old number of each.
    private let numbers: [UInt32: UInt32]

    /// Prepares the rows that end in a range of times.
    init(_ partition: Partition, _ times: ClosedRange<Int64>, newNumber: (UInt32) -> UInt32) {
        self.partition = partition
        self.times = times
        var present = SeriesSet()
        for run in partition.runs { present.formUnion(run.series) }
        var numbers: [UInt32: UInt32] = [:]
        present.forEach { old in
            let (series, column) = RollupColumn.parts(of: old)
            numbers[column.number(of: newNumber(series))] = old
        }
        self.numbers = numbers
    }

    var latest: Int64? { partition.runs.map(\.record.latest).max() }

    func part(in times: ClosedRange<Int64>) -> SealPart {
        var part = SealPart()
        guard self.times.overlaps(times) else { return part }
        part.series = SeriesSet(numbers.keys)
        part.sampleCount = partition.sampleCount
        for run in partition.runs {
            part.sketch.add(run.sketch.times.count) { run.sketch.times[$0] }
        }
        return part
    }

    func copy(
        _ number: UInt32,
        in times: ClosedRange<Int64>,
        skipping: SealedRun.Skipping,
        into run: inout SampleRun
    ) throws(RunFault) {
        guard let old = numbers[number], self.times.overlaps(times) else { return }
        let lower = max(times.lowerBound, self.times.lowerBound)
        do {
            try partition.read(
                old,
                in: lower...min(times.upperBound, self.times.upperBound),
                into: &run,
                skipping: skipping
            )
        } catch {
            throw error.fault
        }
    }
}
