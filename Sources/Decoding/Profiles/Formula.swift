#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// An arithmetic expression over raw values and a device's parameters, as
/// `(raw - 400) / 16 * span`.
///
/// Grammar, the loosest first; operators of one line group from the left:
///
///     comparison = sum [ ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) sum ]
///     sum        = product { ( "+" | "-" ) product }
///     product    = sign { ( "*" | "/" ) sign }
///     sign       = "-" sign | power
///     power      = primary [ "^" sign ]
///     primary    = number | name | name "(" comparison { "," comparison } ")"
///                | "(" comparison ")"
///
/// A comparison is 1 where it holds and 0 where not. Names are `raw`, the field's inputs and the
/// profile's parameters. It is read once into a flat list of nodes; to evaluate it allocates
/// nothing and always ends. What has no value (a division by zero, the root of a negative
/// number) is not finite, and the reading is left out with a note.
struct Formula: Hashable, Sendable {
    /// One operation; numbers are places of other nodes in the list.
    enum Node: Hashable, Sendable {
        case number(Double)
        case raw
        case parameter(Int)
        case input(Int)
        case unary(Unary, Int)
        case binary(Binary, Int, Int)
        /// The second where the first is not zero, else the third.
        case choice(Int, Int, Int)
    }

    enum Unary: String, Hashable, Sendable, CaseIterable {
        case abs, sqrt, floor, round, ln, log10, exp
        case negate = "-"
    }

    enum Binary: String, Hashable, Sendable, CaseIterable {
        case min, max
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case power = "^"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "=="
        case unequal = "!="
    }

    /// The nodes; each comes after those that it is made of, the last is the whole.
    let nodes: [Node]

    /// The value of the formula.
    ///
    /// - Parameters:
    ///   - raw: the field's own raw value.
    ///   - parameters: values of the profile's parameters for the device.
    ///   - input: reads the input of a number.
    /// - Throws: what `input` throws.
    /// - Returns: the value; not finite where there is none.
    func value(
        raw: Double,
        parameters: [Double],
        input: (Int) throws(DecodingError) -> Double
    ) throws(DecodingError) -> Double {
        let nodes = nodes.span
        return try Self.value(nodes.count - 1, nodes, raw, parameters.span, input)
    }

    private static func value(
        _ node: Int,
        _ nodes: Span<Node>,
        _ raw: Double,
        _ parameters: Span<Double>,
        _ input: (Int) throws(DecodingError) -> Double
    ) throws(DecodingError) -> Double {
        switch nodes[node] {
        case .number(let number): return number
        case .raw: return raw
        case .parameter(let index): return parameters[index]
        case .input(let index): return try input(index)
        case .unary(let operation, let operand):
            return operation.value(try value(operand, nodes, raw, parameters, input))
        case .binary(let operation, let left, let right):
            return operation.value(
                try value(left, nodes, raw, parameters, input),
                try value(right, nodes, raw, parameters, input)
            )
        case .choice(let condition, let yes, let no):
            let holds = try value(condition, nodes, raw, parameters, input)
            if holds.isNaN { return holds }
            return try value(holds != 0 ? yes : no, nodes, raw, parameters, input)
        }
    }
}

extension Formula.Unary {
    func value(_ operand: Double) -> Double {
        switch self {
        case .abs: Swift.abs(operand)
        case .sqrt: operand.squareRoot()
        case .floor: operand.rounded(.down)
        case .round: operand.rounded()
        case .ln: naturalLogarithm(operand)
        case .log10: commonLogarithm(operand)
        case .exp: naturalPower(operand)
        case .negate: -operand
        }
    }
}

extension Formula.Binary {
    func value(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .min: left.isNaN || right.isNaN ? .nan : Swift.min(left, right)
        case .max: left.isNaN || right.isNaN ? .nan : Swift.max(left, right)
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .power: raised(left, right)
        case .less: left < right ? 1 : 0
        case .lessOrEqual: left <= right ? 1 : 0
        case .greater: left > right ? 1 : 0
        case .greaterOrEqual: left >= right ? 1 : 0
        case .equal: left == right ? 1 : 0
        case .unequal: left != right ? 1 : 0
        }
    }
}

// Under names of their own: inside the enumerations the C library's would mean their cases.
private func naturalLogarithm(_ value: Double) -> Double { log(value) }
private func commonLogarithm(_ value: Double) -> Double { log10(value) }
private func naturalPower(_ value: Double) -> Double { exp(value) }
private func raised(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
