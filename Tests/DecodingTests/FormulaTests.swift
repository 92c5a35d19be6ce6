import TestKit
import Testing

@testable import Decoding

/// Formulas: what they give, and where they say that a text is none.
struct FormulaTests {
    private static func value(
        _ text: String,
        raw: Double = 0,
        _ parameters: [(String, Double)] = [],
        inputs: [(String, Double)] = []
    ) throws -> Double {
        let formula = try Formula(text, parameters: parameters.map(\.0), inputs: inputs.map(\.0))
        return try formula.value(raw: raw, parameters: parameters.map(\.1)) { inputs[$0].1 }
    }

    private static func fault(_ text: String) -> FormulaFault? {
        do throws(FormulaFault) {
            _ = try Formula(text, parameters: ["span"], inputs: [])
            return nil
        } catch {
            return error
        }
    }

    @Test func `operators bind as in arithmetic`() throws {
        #expect(try Self.value("1 + 2 * 3") == 7)
        #expect(try Self.value("(1 + 2) * 3") == 9)
        #expect(try Self.value("10 - 4 - 3") == 3)
        #expect(try Self.value("16 / 4 / 2") == 2)
        #expect(try Self.value("-2 ^ 2") == -4)
        #expect(try Self.value("2 ^ -1") == 0.5)
        #expect(try Self.value("2 ^ 3 ^ 2") == 512)
        #expect(try Self.value("1.5e2 + 2E-1") == 150.2)
        #expect(try Self.value("1 + 1 == 2") == 1)
        #expect(try Self.value("1 >= 2") == 0)
        #expect(try Self.value("3 != 3") == 0)
    }

    @Test func `raw, inputs and parameters are taken by their names`() throws {
        #expect(try Self.value("(raw - 400) / 16 * span", raw: 480, [("span", 2)]) == 10)
        #expect(try Self.value("raw * times", raw: 3, inputs: [("times", 10)]) == 30)
        // An input goes before a parameter of its name.
        #expect(try Self.value("a", [("a", 1)], inputs: [("a", 2)]) == 2)
    }

    @Test func `functions give what their names say`() throws {
        #expect(try Self.value("sqrt(raw)", raw: 9) == 3)
        #expect(try Self.value("abs(-2) + floor(1.9) + round(2.5)") == 6)
        #expect(try Self.value("min(3, 1, 2) + max(3, 1, 2)") == 4)
        #expect(try Self.value("log10(1000) + ln(exp(2))") == 5)
        #expect(try Self.value("if(raw > 5, 1, if(raw > 2, 2, 3))", raw: 4) == 2)
        #expect(try Self.value("line(raw, 4, 0, 20, 10)", raw: 12) == 5)
        #expect(try Self.value("line(raw, 4, 0, 20, 10)", raw: 24) == 12.5)
    }

    @Test func `what has no value is not finite, and never another number`() throws {
        #expect(try Self.value("1 / 0") == .infinity)
        #expect(try Self.value("sqrt(-1)").isNaN)
        #expect(try Self.value("max(0 / 0, 1)").isNaN)
        #expect(try Self.value("min(1, 0 / 0)").isNaN)
        #expect(try Self.value("if(0 / 0, 1, 2)").isNaN)
    }

    @Test(arguments: [
        ("", 1, "expected a number, a name or '('"), ("1 +", 4, "expected a number"),
        ("(1", 3, "expected ')'"), ("1 2", 3, "expected an operator or the end"),
        ("raw * spam", 7, "there is no 'spam', known are: raw, span"),
        ("sin(raw)", 1, "there is no function 'sin'"),
        ("sqrt(1, 2)", 1, "'sqrt' takes 1 argument(s), not 2"),
        ("min(1)", 1, "'min' takes 2 or more argument(s), not 1"),
        ("if(1, 2)", 1, "'if' takes 3"), ("1.2.3", 1, "'1.2.3' is no number"),
        ("1e999", 1, "'1e999' is no number"), ("raw §", 5, "expected an operator or the end"),
    ])
    func `a fault names its column`(text: String, column: Int, problem: String) throws {
        let fault = try #require(Self.fault(text))
        #expect(fault.column == column, "\(fault)")
        #expect(fault.problem.hasPrefix(problem), "\(fault)")
    }

    @Test func `length, operations and nesting have limits`() throws {
        let long = String(repeating: " ", count: DecodingLimits.formulaBytes)
        #expect(try #require(Self.fault(long + "1")).problem.contains("bytes at most"))
        let many = Array(repeating: "1", count: DecodingLimits.formulaNodes).joined(separator: "+")
        #expect(try #require(Self.fault(many)).problem.contains("operations"))
        for opening in ["(", "-", "abs("] {
            let deep = String(repeating: opening, count: DecodingLimits.formulaDepth + 1) + "1"
            #expect(try #require(Self.fault(deep)).problem.contains("nested"), "\(opening)")
        }
    }

    @Test func `random formulas give what working them out beside gives`() throws {
        var generator = SeededGenerator(seed: 23)
        print("seed \(generator.seed)")
        for _ in 0..<2000 {
            let (text, wanted) = Self.random(depth: 4, &generator)
            guard text.utf8.count <= DecodingLimits.formulaBytes else { continue }
            let value = try Self.value(text, raw: 7, [("span", 0.5)])
            #expect(value == wanted || (value.isNaN && wanted.isNaN), "\(text)")
        }
    }

    /// A formula with brackets everywhere, and its value by Swift's own operators.
    private static func random(depth: Int, _ generator: inout SeededGenerator) -> (String, Double) {
        guard depth > 0 else {
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: return ("raw", 7)
            case 1: return ("span", 0.5)
            default:
                let number = Int.random(in: 0...9, using: &generator)
                return ("\(number)", Double(number))
            }
        }
        let (left, x) = random(depth: depth - 1, &generator)
        let (right, y) = random(depth: Int.random(in: 0..<depth, using: &generator), &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return ("(\(left) + \(right))", x + y)
        case 1: return ("(\(left) - \(right))", x - y)
        case 2: return ("(\(left) * \(right))", x * y)
        case 3: return ("(\(left) / \(right))", x / y)
        case 4: return ("(\(left) < \(right))", x < y ? 1 : 0)
        default: return ("abs(\(left))", Swift.abs(x))
        }
    }

    @Test func `random texts are formulas or faults inside the text`() {
        var generator = SeededGenerator(seed: 29)
        print("seed \(generator.seed)")
        let pieces = [
            "raw", "span", "(", ")", "+", "-", "*", "/", "^", ",", "if(", "min(", "1", ".",
            "e", " ", "<", "=", "ü", "line(",
        ]
        var readCount = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                pieces.randomElement(using: &generator) ?? ""
            }.joined()
            guard let fault = Self.fault(text) else {
                readCount += 1
                continue
            }
            #expect((1...(text.utf8.count + 1)).contains(fault.column), "\(text)")
        }
        #expect(readCount > 100)
    }
}
