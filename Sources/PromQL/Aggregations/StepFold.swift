internal import Telemetry

/// What the series of one group have come to at each step, taken in one after the other.
///
/// A step's values come in the order of the series; a series that has been taken in is not needed
/// any more.
protocol StepFold {
    /// Room that a step takes, in values of 8 bytes.
    static var valuesPerStep: Int { get }

    /// Of no series.
    init(count: Int)

    /// Takes in a series.
    mutating func add(_ column: Column)

    /// The values of the group.
    var column: Column { get }
}

extension StepFold {
    static var valuesPerStep: Int { 1 }

    /// How many values some memory has room for.
    static func values<Element>(in _: Element.Type) -> Int {
        MemoryLayout<Element>.stride / MemoryLayout<Double>.stride
    }
}

/// The largest value of each step; NaN only when there is nothing else.
struct MaximumFold: StepFold {
    private var best: [Double]

    init(count: Int) { best = Column(count: count).stored }

    mutating func add(_ column: Column) {
        for step in best.indices {
            let value = column.stored[step]
            // What is missing is NaN and never better.
            if value > best[step] || best[step].isNaN && !Column.isMissing(value) {
                best[step] = value
            }
        }
    }

    var column: Column { Column(best) }
}

/// The smallest value of each step; NaN only when there is nothing else.
struct MinimumFold: StepFold {
    private var best: [Double]

    init(count: Int) { best = Column(count: count).stored }

    mutating func add(_ column: Column) {
        for step in best.indices {
            let value = column.stored[step]
            if value < best[step] || best[step].isNaN && !Column.isMissing(value) {
                best[step] = value
            }
        }
    }

    var column: Column { Column(best) }
}

/// How many values each step has.
struct CountFold: StepFold {
    private var counts: [Double]

    init(count: Int) { counts = [Double](repeating: 0, count: count) }

    mutating func add(_ column: Column) {
        for step in counts.indices where !Column.isMissing(column.stored[step]) {
            counts[step] += 1
        }
    }

    var column: Column { Column(counts.map { $0 > 0 ? $0 : Column.missing }) }
}

/// One for each step that has any value.
struct PresenceFold: StepFold {
    private var presence: Column

    init(count: Int) { presence = Column(count: count) }

    mutating func add(_ column: Column) {
        for step in 0..<column.count where !Column.isMissing(column.stored[step]) {
            presence[step] = 1
        }
    }

    var column: Column { presence }
}
