internal import Telemetry

/// The mean of each step, also where the sum is too large for a double.
struct MeanFold: StepFold {
    private var means: [RunningMean]

    static var valuesPerStep: Int { values(in: RunningMean.self) }

    init(count: Int) { means = [RunningMean](repeating: RunningMean(), count: count) }

    mutating func add(_ column: Column) {
        for step in means.indices {
            let value = column.stored[step]
            if !Column.isMissing(value) { means[step].add(value) }
        }
    }

    var column: Column {
        Column(means.map { $0.count > 0 ? $0.value : Column.missing })
    }
}
