import Foundation
import TestKit
import Telemetry
import Testing

@testable import PromQL

/// What upstream does with each instant statement of its scripts: it is asked again as a step of a
/// range query, and again from elsewhere with its time fixed by `@`.
@Suite struct EvaluationRepetitionTests {
    private struct Statement {
        var text: String
        var time: Instant
        var source: MemorySeriesSource
    }

    private static func statements(_ text: String) throws -> [Statement] {
        var statements: [Statement] = []
        var source = MemorySeriesSource()
        var step: Milliseconds?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if words.first == "clear" { source = MemorySeriesSource() }
            if words.first == "load", words.count == 2 {
                step = DurationText.parse(String(words[1]))
            } else if words.isEmpty {
                step = nil
            } else if let step {
                let series = try ScriptSeries(words.joined(separator: " "))
                for (index, item) in series.items.enumerated() {
                    guard let item else { continue }
                    let time = Instant(milliseconds: Int64(index) * step.count)
                    source.append(series.labels, Sample(time: time, value: item))
                }
            } else if words.count > 4, words[0] == "eval", words[1] == "instant",
                let time = DurationText.parse(String(words[3]))
            {
                let text = String(line[words[4].startIndex...])
                let instant = Instant(milliseconds: time.count)
                statements.append(Statement(text: text, time: instant, source: source))
            }
        }
        return statements
    }

    /// Those of the conformance folder where it is there, and our own.
    private static func all() throws -> [Statement] {
        let own = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Statements").path(percentEncoded: false)
        return try [SharedMaterial.path("promql-conformance"), own].compactMap { $0 }
            .flatMap { folder in
                try FileManager.default.contentsOfDirectory(atPath: folder)
                    .filter { $0.hasSuffix(".test") }.sorted()
                    .flatMap { file in
                        try statements(
                            String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
                        )
                    }
            }
    }

    /// Whether an expression gives something else as part of another query.
    private static func namesItsQuery(_ text: String) -> Bool {
        ["start()", "end()", "step()", "range()"].contains { text.contains($0) }
    }

    /// Most that two values may differ, as a share of them: a window that slides over a range has
    /// added and taken away what one alone has only added.
    private static let tolerance = 1e-12

    private static func agree(_ left: [Labels: Double], _ right: [Labels: Double]) -> Bool {
        left.count == right.count
            && left.allSatisfy { labels, value in
                guard let other = right[labels] else { return false }
                if other == value || other.isNaN && value.isNaN { return true }
                return abs(other - value) <= tolerance * max(abs(other), abs(value))
            }
    }

    /// Fewest in a hundred statements that can be repeated; the others give strings or ranges,
    /// fail, or differ elsewhere by what they say.
    private static let leastRepeated = 75

    @Test func `a statement gives the same as a step of a range`() throws {
        let statements = try Self.all()
        var compared = 0
        for statement in statements {
            guard let expression = try? PromQLParser.parse(statement.text),
                expression.type == .vector || expression.type == .scalar,
                !Self.namesItsQuery("\(expression)"),
                let value = try? QueryEngine().instant(
                    expression,
                    at: statement.time,
                    source: statement.source
                )
            else { continue }
            let range: [RangeSeries]
            do {
                range = try QueryEngine().range(
                    expression,
                    from: statement.time - .minutes(1),
                    to: statement.time + .minutes(1),
                    step: .minutes(1),
                    source: statement.source
                )
            } catch {
                // Other steps may be ambiguous where this one is not.
                guard error.kind == .execution else { throw error }
                continue
            }
            var found: [Labels: Double] = [:]
            for series in range {
                for sample in series.samples where sample.time == statement.time {
                    found[series.labels] = sample.value
                }
            }
            let expected = try EvaluationRangeTests.values(value)
            #expect(Self.agree(found, expected), "\(statement.text): \(found), \(expected)")
            compared += 1
        }
        print("\(compared) statements compared")
        #expect(compared * 100 >= statements.count * Self.leastRepeated)
    }

    @Test func `a statement fixed by @ gives the same from elsewhere`() throws {
        let statements = try Self.all()
        var compared = 0
        for statement in statements {
            guard let expression = try? PromQLParser.parse(statement.text),
                expression.type == .vector || expression.type == .scalar,
                !Self.namesItsQuery("\(expression)"),
                let value = try? QueryEngine().instant(
                    expression,
                    at: statement.time,
                    source: statement.source
                )
            else { continue }
            let fixed = expression.fixed(at: statement.time)
            guard fixed.isStepInvariant else { continue }
            let elsewhere = try QueryEngine().instant(
                fixed,
                at: statement.time + .hours(3),
                source: statement.source
            )
            let found = try EvaluationRangeTests.values(elsewhere)
            let expected = try EvaluationRangeTests.values(value)
            #expect(Self.agree(found, expected), "\(fixed): \(found), \(expected)")
            compared += 1
        }
        print("\(compared) statements compared")
        #expect(compared * 100 >= statements.count * Self.leastRepeated)
    }
}

extension PromQL.Expression {
    /// The expression with every selector and subquery outside others fixed at a time.
    fileprivate func fixed(at time: Instant) -> PromQL.Expression {
        func fix(_ modifier: TimeModifier) -> TimeModifier {
            guard modifier.anchor == nil else { return modifier }
            return TimeModifier(offset: modifier.offset, anchor: .time(time))
        }
        switch self {
        case .number, .string: return self
        case .selector(var selector):
            selector.time = fix(selector.time)
            return .selector(selector)
        case .matrix(var selector, let range):
            selector.time = fix(selector.time)
            return .matrix(selector, range: range)
        case .subquery(let inner, let range, let step, let modifier):
            return .subquery(inner, range: range, step: step, time: fix(modifier))
        case .parentheses(let inner): return .parentheses(inner.fixed(at: time))
        case .unresolved(let inner, let durations):
            return .unresolved(inner.fixed(at: time), durations)
        case .unary(let isNegative, let inner):
            return .unary(isNegative: isNegative, inner.fixed(at: time))
        case .call(let function, let arguments, _):
            return .call(function, arguments.map { $0.fixed(at: time) })
        case .aggregation(var aggregation):
            aggregation.operand = aggregation.operand.fixed(at: time)
            aggregation.parameter = aggregation.parameter?.fixed(at: time)
            return .aggregation(aggregation)
        case .binary(var binary):
            binary.left = binary.left.fixed(at: time)
            binary.right = binary.right.fixed(at: time)
            return .binary(binary)
        }
    }
}
