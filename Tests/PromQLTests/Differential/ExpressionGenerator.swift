import Telemetry
import TestKit

/// Makes expressions from PromQL's grammar over ``VillageSamples``, of fitting types and mostly
/// with an answer.
///
/// Two engines may round differently in the last bit; where that bit would decide (a comparison,
/// `floor`, an order), only operands are made whose value any order of work gives exactly.
/// Windows and steps are whole seconds, times of evaluation are not, and a subquery's range is no
/// multiple of its step: so no sample and no step lies on the edge of a window, where Prometheus
/// 2.42 is closed and 3 is open.
struct ExpressionGenerator {
    var random: SeededGenerator
    /// How often something was taken from a list whose members take turns, so that none is left
    /// out.
    private var turns: [String: Int] = [:]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// What a part must be for what is done with it.
    struct Need: OptionSet {
        let rawValue: Int
        /// The same bits in any engine.
        static let exact = Need(rawValue: 1)
        /// Multiples of a small power of two, so that sums are exact too; no NaN and no infinity.
        static let dyadic = Need(rawValue: 3)
    }

    /// An instant vector: its text, and what is known of it.
    struct Vector {
        var text: String
        /// Labels by which its elements differ.
        var labels: Set<String>
        var gives: Need
        /// Whether it needs parentheses beside an operator.
        var isOpen = false

        /// The text as an operand.
        var operand: String { isOpen ? "(\(text))" : text }
    }

    // MARK: Choices

    mutating func one<Value>(of values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    /// True with so many chances in a hundred.
    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    /// One value of a list after the other.
    mutating func inTurn(_ list: String, _ values: [String]) -> String {
        let turn = turns[list, default: 0]
        turns[list] = turn + 1
        return values[turn % values.count]
    }

    mutating func subset(of names: Set<String>) -> [String] {
        names.sorted().filter { _ in Bool.random(using: &random) }
    }

    // MARK: Whole expressions

    /// The next expression.
    mutating func next() -> String {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<6: return scalar(3)
        case 6..<9: return rangeVector()
        case 9..<18: return wrong()
        case 18: return one(of: ["\"a\\tb\\u00e9\\x41\"", "'it''s'", "`raw\\n`", "'\\''"])
        case 19..<24: return "\(one(of: ["sort", "sort_desc"]))(\(vector(2, .exact).text))"
        default: return vector(Int.random(in: 1...3, using: &random), []).text
        }
    }

    /// A vector of at most some depth that fulfils what is needed.
    mutating func vector(_ depth: Int, _ need: Need) -> Vector {
        guard depth > 0 else { return leaf(need) }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<12: return leaf(need)
        case 12..<24: return overWindow(need)
        case 24..<32: return overSubquery(depth, need)
        case 32..<44: return ofNumber(depth, need)
        case 44..<52: return withScalar(depth, need)
        case 52..<62: return betweenVectors(depth, need)
        case 62..<70: return comparison(depth, need)
        case 70..<76: return set(depth, need)
        case 76..<90: return aggregation(depth, need)
        case 90..<94: return labelled(depth, need)
        case 94..<97: return dated(depth)
        default: return special(depth, need)
        }
    }

    /// A scalar without samples of metrics, or with one made of a vector.
    mutating func scalar(_ depth: Int) -> String {
        guard depth > 0 else {
            return one(of: ["0", "1", "2", "0.5", "-3", "10", "1e3", "0x1F", "3.25", "7", ".5"])
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return "pi()"
        case 1: return "time()"
        case 2: return "scalar(\(folded(depth)))"
        case 3: return "(\(scalar(depth - 1)))"
        case 4: return "-\(scalar(depth - 1))"
        case 5:
            let comparison = one(of: ["==", "!=", "<", ">", "<=", ">="])
            return "\(scalar(0)) \(comparison) bool \(scalar(0))"
        default:
            // Without parentheses: what binds stronger is part of the question.
            let operations = (0..<3).map { _ in one(of: ["+", "-", "*", "/", "%"]) }
            let numbers = (0..<4).map { _ in
                chance(20) ? "\(scalar(0)) ^ \(one(of: ["2", "3", "-1", "0"]))" : scalar(0)
            }
            return zip(operations, numbers.dropFirst())
                .reduce(numbers[0]) { "\($0) \($1.0) \($1.1)" }
        }
    }

    /// One element without labels.
    private mutating func folded(_ depth: Int) -> String {
        "\(one(of: ["sum", "max", "count"]))(\(vector(min(depth - 1, 1), .dyadic).text))"
    }
}
