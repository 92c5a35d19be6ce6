import Foundation
import TestKit
import Testing

@testable import PromQL

/// Statements of our own, for what the shared ones leave out.
///
/// Their values were worked out from the language's description; those that Prometheus 2.42 answers
/// by the same rule were compared with it.
@Suite struct StatementTests {
    /// Names and texts of the files, sorted by name.
    private static func files() throws -> [(name: String, text: String)] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Statements").path(percentEncoded: false)
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".test") }.sorted()
            .map { ($0, try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)) }
    }

    /// Every expression of the files.
    private static func expressions() throws -> [String] {
        try files().flatMap { file in
            file.text.split(separator: "\n").compactMap { line -> String? in
                let words = line.split(separator: " ")
                guard words.first == "eval", words.count > 4 else { return nil }
                return words.dropFirst(words[1] == "range" ? 8 : 4).joined(separator: " ")
            }
        }
    }

    @Test func `our own statements give what they must`() throws {
        let files = try Self.files()
        #expect(files.count >= 14)
        var passed = 0
        for (name, text) in files {
            let report = ScriptRunner().run(text: text, file: name)
            passed += report.passed
            for failure in report.failures { Issue.record("\(failure)") }
        }
        print("\(passed) passed")
        #expect(passed >= 727)
    }

    @Test func `every function, aggregator and operator is in a statement`() throws {
        var used = UsedParts()
        for text in try Self.expressions() {
            guard let expression = try? PromQLParser.parse(text) else { continue }
            used.add(expression)
        }
        #expect(Set(Function.allCases).subtracting(used.functions) == [])
        #expect(Set(Aggregation.Operator.allCases).subtracting(used.aggregators) == [])
        #expect(Set(Binary.Operator.allCases).subtracting(used.operators) == [])
    }

    @Test func `every word of the language is in a statement`() throws {
        let text = try Self.expressions().joined(separator: " ")
        let words = [
            " bool ", " on ", " ignoring ", " group_left ", " group_right ", " by ", " without ",
            " offset ", " @ ", " start()", " end()", ":]", "\"=", "Inf", "NaN", "0x",
            "step()", "range()", "min_of(", "max_of(",
        ]
        for word in words { #expect(text.contains(word), "\(word)") }
    }
}

/// What expressions are made of.
private struct UsedParts {
    var functions: Set<Function> = []
    var aggregators: Set<Aggregation.Operator> = []
    var operators: Set<Binary.Operator> = []

    mutating func add(_ expression: PromQL.Expression) {
        switch expression {
        case .number, .string, .selector, .matrix: break
        case .subquery(let inner, _, _, _), .unary(_, let inner), .parentheses(let inner),
            .unresolved(let inner, _):
            add(inner)
        case .call(let function, let arguments, _):
            functions.insert(function)
            for argument in arguments { add(argument) }
        case .aggregation(let aggregation):
            aggregators.insert(aggregation.operation)
            add(aggregation.operand)
            if let parameter = aggregation.parameter { add(parameter) }
        case .binary(let binary):
            operators.insert(binary.operation)
            add(binary.left)
            add(binary.right)
        }
    }
}
