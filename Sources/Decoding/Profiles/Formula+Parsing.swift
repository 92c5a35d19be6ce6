/// Why a formula cannot be read: what is wrong, and at which character, counted from 1.
struct FormulaFault: Error, Hashable {
    let column: Int
    let problem: String
}

extension Formula {
    /// Reads a formula.
    ///
    /// - Parameters:
    ///   - text: the formula, ``DecodingLimits/formulaBytes`` at most.
    ///   - parameters: names of the profile's parameters, in their order.
    ///   - inputs: names of the field's inputs, in their order.
    /// - Throws: ``FormulaFault`` with the place of the first fault.
    init(_ text: String, parameters: [String], inputs: [String]) throws(FormulaFault) {
        let bytes = Array(text.utf8)
        guard bytes.count <= DecodingLimits.formulaBytes else {
            throw FormulaFault(
                column: DecodingLimits.formulaBytes + 1,
                problem: "a formula has \(DecodingLimits.formulaBytes) bytes at most"
            )
        }
        var parser = FormulaParser(text: bytes, parameters: parameters, inputs: inputs)
        _ = try parser.comparison(depth: 0)
        parser.skipSpaces()
        if parser.position < bytes.count { throw parser.fault("expected an operator or the end") }
        nodes = parser.nodes
    }
}

/// A parser by descent, one function a line of the grammar; see ``Formula``.
private struct FormulaParser {
    let text: [UInt8]
    let parameters: [String]
    let inputs: [String]
    var position = 0
    var nodes: [Formula.Node] = []

    /// Functions of so many arguments that are more than one operation.
    private static let functions = "min, max, abs, sqrt, floor, round, ln, log10, exp, if, line"

    init(text: [UInt8], parameters: [String], inputs: [String]) {
        self.text = text
        self.parameters = parameters
        self.inputs = inputs
    }

    mutating func comparison(depth: Int) throws(FormulaFault) -> Int {
        guard depth < DecodingLimits.formulaDepth else {
            throw fault("nested deeper than \(DecodingLimits.formulaDepth) levels")
        }
        let left = try sum(depth: depth)
        for operation: Formula.Binary in [
            .lessOrEqual, .greaterOrEqual, .equal, .unequal, .less, .greater,
        ] where take(operation.rawValue) {
            return try add(.binary(operation, left, try sum(depth: depth)))
        }
        return left
    }

    private mutating func sum(depth: Int) throws(FormulaFault) -> Int {
        var left = try product(depth: depth)
        while true {
            if take("+") {
                left = try add(.binary(.add, left, try product(depth: depth)))
            } else if take("-") {
                left = try add(.binary(.subtract, left, try product(depth: depth)))
            } else {
                return left
            }
        }
    }

    private mutating func product(depth: Int) throws(FormulaFault) -> Int {
        var left = try sign(depth: depth)
        while true {
            if take("*") {
                left = try add(.binary(.multiply, left, try sign(depth: depth)))
            } else if take("/") {
                left = try add(.binary(.divide, left, try sign(depth: depth)))
            } else {
                return left
            }
        }
    }

    private mutating func sign(depth: Int) throws(FormulaFault) -> Int {
        guard depth < DecodingLimits.formulaDepth else {
            throw fault("nested deeper than \(DecodingLimits.formulaDepth) levels")
        }
        if take("-") { return try add(.unary(.negate, try sign(depth: depth + 1))) }
        let base = try primary(depth: depth)
        guard take("^") else { return base }
        return try add(.binary(.power, base, try sign(depth: depth + 1)))
    }

    private mutating func primary(depth: Int) throws(FormulaFault) -> Int {
        skipSpaces()
        guard position < text.count else { throw fault("expected a number, a name or '('") }
        if take("(") {
            let inside = try comparison(depth: depth + 1)
            guard take(")") else { throw fault("expected ')'") }
            return inside
        }
        let start = position
        if isDigit(text[position]) { return try number() }
        while position < text.count, isWord(text[position]) { position += 1 }
        guard position > start else { throw fault("expected a number, a name or '('") }
        let name = String(decoding: text[start..<position], as: UTF8.self)
        if take("(") { return try call(name, at: start, depth: depth + 1) }
        if name == "raw" { return try add(.raw) }
        if let index = inputs.firstIndex(of: name) { return try add(.input(index)) }
        if let index = parameters.firstIndex(of: name) { return try add(.parameter(index)) }
        let known = (["raw"] + inputs + parameters).joined(separator: ", ")
        throw fault("there is no '\(name)', known are: \(known)", at: start)
    }

    private mutating func number() throws(FormulaFault) -> Int {
        let start = position
        while position < text.count, isDigit(text[position]) || text[position] == 0x2E {
            position += 1
        }
        // An exponent: e, a sign or none, digits.
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count, text[position] == 0x2B || text[position] == 0x2D {
                position += 1
            }
            while position < text.count, isDigit(text[position]) { position += 1 }
        }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        guard let value = Double(digits), value.isFinite else {
            throw fault("'\(digits)' is no number", at: start)
        }
        return try add(.number(value))
    }

    private mutating func call(_ name: String, at start: Int, depth: Int) throws(FormulaFault)
        -> Int
    {
        var arguments = [try comparison(depth: depth)]
        while take(",") { arguments.append(try comparison(depth: depth)) }
        guard take(")") else { throw fault("expected ',' or ')'") }
        let count: Int
        if let operation = Formula.Unary(rawValue: name) {
            if arguments.count == 1 { return try add(.unary(operation, arguments[0])) }
            count = 1
        } else if let operation = Formula.Binary(rawValue: name) {
            if arguments.count >= 2 {
                var result = arguments[0]
                for argument in arguments.dropFirst() {
                    result = try add(.binary(operation, result, argument))
                }
                return result
            }
            count = 2
        } else if name == "if" {
            if arguments.count == 3 {
                return try add(.choice(arguments[0], arguments[1], arguments[2]))
            }
            count = 3
        } else if name == "line" {
            if arguments.count == 5 { return try line(arguments) }
            count = 5
        } else {
            throw fault("there is no function '\(name)', known are: \(Self.functions)", at: start)
        }
        let wanted = "\(count)\(count == 2 ? " or more" : "")"
        throw fault("'\(name)' takes \(wanted) argument(s), not \(arguments.count)", at: start)
    }

    /// The line through two points, `(x, x1, y1, x2, y2)`: y1 + (x − x1) × (y2 − y1) ÷ (x2 − x1).
    private mutating func line(_ arguments: [Int]) throws(FormulaFault) -> Int {
        let along = try add(.binary(.subtract, arguments[0], arguments[1]))
        let rise = try add(.binary(.subtract, arguments[4], arguments[2]))
        let run = try add(.binary(.subtract, arguments[3], arguments[1]))
        let scaled = try add(.binary(.multiply, along, rise))
        let part = try add(.binary(.divide, scaled, run))
        return try add(.binary(.add, arguments[2], part))
    }

    private mutating func add(_ node: Formula.Node) throws(FormulaFault) -> Int {
        guard nodes.count < DecodingLimits.formulaNodes else {
            throw fault("more than \(DecodingLimits.formulaNodes) operations")
        }
        nodes.append(node)
        return nodes.count - 1
    }

    mutating func skipSpaces() {
        while position < text.count, text[position] == 0x20 || text[position] == 0x0A {
            position += 1
        }
    }

    /// Passes over a token when it stands here.
    private mutating func take(_ token: String) -> Bool {
        skipSpaces()
        guard text[position...].starts(with: token.utf8) else { return false }
        position += token.utf8.count
        return true
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == 0x5F || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }

    func fault(_ problem: String, at place: Int? = nil) -> FormulaFault {
        FormulaFault(column: (place ?? position) + 1, problem: problem)
    }
}
