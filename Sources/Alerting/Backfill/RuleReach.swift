internal import PromQL
internal import Telemetry

/// How far before an evaluation rules look.
///
/// It is the sum of ranges and offsets on the way to the oldest sample that the expression reads.
/// Of a series that another of the rules records it reads what that one made of samples still
/// older, so that one's reach is added. Rules that build on themselves, directly or by way of
/// others, are not followed round. A time behind `@` counts as it lies from the first evaluation.
struct RuleReach {
    /// The rule that looks back furthest.
    private(set) var furthest: (rule: String, span: Milliseconds)?

    private let recording: [String: [Member]]
    private let engine: QueryEngine
    private let first: Instant
    private var known: [RuleID: Milliseconds] = [:]
    private var open: Set<RuleID> = []

    private struct Member {
        let rule: Rule
        let offset: Milliseconds
    }

    /// A selector, and how far back it looks.
    private struct Window {
        let selector: Selector
        let span: Milliseconds
    }

    /// Finds the reach of each rule.
    ///
    /// - Parameters:
    ///   - groups: all rules that are judged together.
    ///   - engine: says how far an instant selector looks back.
    ///   - first: the first evaluation.
    init(_ groups: [RuleGroup], _ engine: QueryEngine, first: Instant) {
        self.engine = engine
        self.first = first
        let members = groups.flatMap { group in
            group.rules.map { Member(rule: $0, offset: group.queryOffset) }
        }
        recording = Dictionary(
            grouping: members.filter { member in
                if case .recording = member.rule.kind { true } else { false }
            },
            by: \.rule.name
        )
        for member in members {
            let span = reach(of: member)
            if span > furthest?.span ?? .zero { furthest = (member.rule.name, span) }
        }
    }

    private mutating func reach(of member: Member) -> Milliseconds {
        let id = member.rule.id
        if let span = known[id] { return span }
        guard open.insert(id).inserted else { return .zero }
        var longest = Milliseconds.zero
        for window in windows(of: member) {
            longest = max(longest, window.span)
            for recorded in recorded(window.selector) {
                // The offset lies between evaluation and sample, and it is the sample that counts.
                let before = reach(of: recorded) - recorded.offset
                longest = max(longest, window.span + before)
            }
        }
        open.remove(id)
        known[id] = longest
        return longest
    }

    /// The rules whose series a selector may read.
    private func recorded(_ selector: Selector) -> [Member] {
        let names = selector.matchers.filter { $0.name == Labels.metricNameLabel }
        for matcher in names {
            if case .equal(let name) = matcher.test { return recording[name] ?? [] }
        }
        return recording.filter { name, _ in names.allSatisfy { $0.accepts(name) } }
            .sorted { $0.key < $1.key }.flatMap(\.value)
    }

    private func windows(of member: Member) -> [Window] {
        // Rules are evaluated at single times. One whose durations come to nothing there reads
        // nothing, and says so at each evaluation.
        let expression = try? member.rule.expression.resolved(step: .zero, range: .zero)
        return expression.map { windows($0, beyond: member.offset) } ?? []
    }

    private func windows(_ expression: Expression, beyond span: Milliseconds) -> [Window] {
        switch expression {
        case .number, .string: return []
        case .selector(let selector):
            let lookback = max(engine.lookback, engine.longestLookback ?? .zero)
            return [
                Window(selector: selector, span: moved(span, by: selector.time) + lookback)
            ]
        case .matrix(let selector, let range):
            return [Window(selector: selector, span: moved(span, by: selector.time) + range)]
        case .subquery(let inner, let range, _, let time):
            return windows(inner, beyond: moved(span, by: time) + range)
        case .call(_, let arguments, _):
            return arguments.flatMap { windows($0, beyond: span) }
        case .aggregation(let aggregation):
            let operands = [aggregation.operand] + (aggregation.parameter.map { [$0] } ?? [])
            return operands.flatMap { windows($0, beyond: span) }
        case .unary(_, let inner), .parentheses(let inner), .unresolved(let inner, _):
            return windows(inner, beyond: span)
        case .binary(let binary):
            return windows(binary.left, beyond: span) + windows(binary.right, beyond: span)
        }
    }

    private func moved(_ span: Milliseconds, by time: TimeModifier) -> Milliseconds {
        switch time.anchor {
        case nil: span + time.offset
        case .start, .end: time.offset
        case .time(let instant): first - instant + time.offset
        }
    }
}
