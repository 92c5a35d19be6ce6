internal import Telemetry

/// The sum of each step.
struct SumFold: StepFold {
    private var counts: [Int]
    private var sums: [CompensatedSum]

    static var valuesPerStep: Int { values(in: Int.self) + values(in: CompensatedSum.self) }

    init(count: Int) {
        counts = [Int](repeating: 0, count: count)
        sums = [CompensatedSum](repeating: CompensatedSum(), count: count)
    }

    mutating func add(_ column: Column) {
        for step in sums.indices {
            let value = column.stored[step]
            if Column.isMissing(value) { continue }
            counts[step] += 1
            sums[step].add(value)
        }
    }

    var column: Column {
        Column(sums.indices.map { counts[$0] > 0 ? sums[$0].value : Column.missing })
    }
}
