internal import Telemetry

/// How far the values of each step lie from their mean.
struct VarianceFold: StepFold {
    private var variances: [RunningVariance]

    static var valuesPerStep: Int { values(in: RunningVariance.self) }

    init(count: Int) {
        variances = [RunningVariance](repeating: RunningVariance(), count: count)
    }

    mutating func add(_ column: Column) {
        for step in variances.indices {
            let value = column.stored[step]
            if !Column.isMissing(value) { variances[step].add(value) }
        }
    }

    var column: Column {
        Column(variances.map { $0.count > 0 ? $0.value : Column.missing })
    }
}

/// The square root of the variance of each step.
struct DeviationFold: StepFold {
    private var variances: VarianceFold

    static var valuesPerStep: Int { VarianceFold.valuesPerStep }

    init(count: Int) { variances = VarianceFold(count: count) }

    mutating func add(_ column: Column) { variances.add(column) }

    var column: Column {
        var column = variances.column
        column.update { _, variance in variance.squareRoot() }
        return column
    }
}
