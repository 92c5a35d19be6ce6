internal import Telemetry

/// The times at which an expression is evaluated, in milliseconds since 1970.
struct Grid: Hashable, Sendable {
    var start: Int64
    var step: Int64
    var count: Int

    /// The time of a step.
    subscript(index: Int) -> Int64 { start + Int64(index) * step }

    /// The last time.
    var end: Int64 { self[count - 1] }

    /// Times and spans beyond these are cut to them, so that their sums cannot overflow.
    static let limits: ClosedRange<Int64> = -(1 << 60)...(1 << 60)

    /// A time or span, cut to the limits.
    static func clamped(_ milliseconds: Int64) -> Int64 {
        min(max(milliseconds, limits.lowerBound), limits.upperBound)
    }
}

/// One series' values on a grid; a step may have none.
struct Column: Sendable {
    private(set) var values: [Double]
    private(set) var isPresent: [Bool]

    /// Creates a column without values.
    init(count: Int) {
        values = [Double](repeating: 0, count: count)
        isPresent = [Bool](repeating: false, count: count)
    }

    /// Creates a column that has every value.
    init(_ values: [Double]) {
        self.values = values
        isPresent = [Bool](repeating: true, count: values.count)
    }

    /// The value of a step, or nil.
    subscript(index: Int) -> Double? {
        get { isPresent[index] ? values[index] : nil }
        set {
            isPresent[index] = newValue != nil
            values[index] = newValue ?? 0
        }
    }

    /// Whether it has any value.
    var isEmpty: Bool { !isPresent.contains(true) }

    /// Changes or drops every value that is there.
    mutating func update(_ change: (Int, Double) -> Double?) {
        for index in values.indices where isPresent[index] {
            self[index] = change(index, values[index])
        }
    }
}

/// One series on a grid.
struct GridSeries: Sendable {
    var labels: Labels
    var column: Column
}

/// What an expression gives on a grid.
enum GridValue: Sendable {
    /// A number for each step.
    case scalar([Double])
    /// The same text at each step.
    case string(String)
    /// Series with values at some steps.
    case vector([GridSeries])
}
