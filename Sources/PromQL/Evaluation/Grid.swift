internal import Telemetry

/// The times at which an expression is evaluated, in milliseconds since 1970.
struct Grid: Hashable, Sendable {
    var start: Int64
    var step: Int64
    var count: Int
    /// Whether it is for a range with an end other than its start, even if that is but one step.
    var isRange = false

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
///
/// A missing value is stored as the marker of a series' end, which is no value anywhere and which
/// no arithmetic gives: it is a signalling NaN, and results are quiet ones.
struct Column: Sendable {
    /// Values, and ``missing`` where there is none.
    private(set) var stored: [Double]

    /// Stands where there is no value.
    static let missing = Double(bitPattern: Sample.staleMarkerBits)

    /// Whether a stored number stands for no value.
    static func isMissing(_ stored: Double) -> Bool {
        stored.bitPattern == Sample.staleMarkerBits
    }

    /// Creates a column without values.
    init(count: Int) {
        stored = [Double](repeating: Self.missing, count: count)
    }

    /// Creates a column from values, and ``missing`` where there is none.
    init(_ stored: [Double]) {
        self.stored = stored
    }

    /// How many steps there are.
    var count: Int { stored.count }

    /// The value of a step, or nil.
    subscript(index: Int) -> Double? {
        get {
            let value = stored[index]
            return Self.isMissing(value) ? nil : value
        }
        set { stored[index] = newValue ?? Self.missing }
    }

    /// Replaces the values of some steps by those of a column of as many.
    mutating func replace(_ steps: Range<Int>, by part: Column) {
        stored.replaceSubrange(steps, with: part.stored)
    }

    /// Whether it has any value.
    var isEmpty: Bool { stored.allSatisfy(Self.isMissing) }

    /// Changes or drops every value that is there.
    mutating func update(_ change: (Int, Double) -> Double?) {
        for index in stored.indices {
            if let value = self[index] { self[index] = change(index, value) }
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
