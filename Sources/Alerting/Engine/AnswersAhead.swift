internal import PromQL
internal import Telemetry

/// What expressions of rules give over a stretch of the past, worked out in one pass over the
/// samples instead of once for each evaluation.
///
/// That is for expressions that read nothing of what rules give: this comes to be step by step.
/// The answers are those of single evaluations, sums but for rounding.
struct AnswersAhead: Sendable {
    /// Most evaluations of a pass: what a window holds is read with each, and more would save
    /// little.
    private static let evaluations: Int64 = 1_000
    /// Most values that the passes of all rules hold, of 16 bytes each.
    private static let values = 1 << 21

    private let step: Milliseconds
    private let end: Instant
    private let derivedNames: Set<String>
    private let valuesOfRule: Int
    private var passes: [RuleID: Pass] = [:]
    /// How many evaluations of a rule are not too many for a pass.
    private var counts: [RuleID: Int64] = [:]
    /// Rules that have been asked for.
    private var begun: Set<RuleID> = []
    /// Rules that are evaluated one time after the other.
    private var single: Set<RuleID> = []

    /// Prepares a run over history.
    ///
    /// - Parameters:
    ///   - step: Time between evaluations.
    ///   - end: The last one is not after it.
    ///   - groups: All that are evaluated.
    ///   - derivedNames: Names of the series that they give.
    init(step: Milliseconds, end: Instant, _ groups: [RuleGroup], derivedNames: Set<String>) {
        self.step = step
        self.end = end
        self.derivedNames = derivedNames
        valuesOfRule = Self.values / max(1, groups.reduce(0) { $0 + $1.rules.count })
    }

    /// Answers a rule's expression.
    ///
    /// - Parameters:
    ///   - rule: The rule.
    ///   - group: Its group.
    ///   - moment: When, not before that of the last call.
    ///   - engine: Evaluates it.
    ///   - source: The store.
    /// - Returns: What it gives; nil when it must be evaluated by itself.
    mutating func answer(
        to rule: Rule,
        of group: RuleGroup,
        at moment: Instant,
        _ engine: QueryEngine,
        _ source: some SeriesSource
    ) -> [VectorElement]? {
        if single.contains(rule.id) { return nil }
        if let elements = passes[rule.id]?.elements(at: moment) { return elements }
        // Where the group is due at every so many steps, the others are left out; but at first it
        // is due at any.
        let isSparse = group.interval > step && group.interval.count % step.count == 0
        if begun.insert(rule.id).inserted, isSparse { return nil }
        passes[rule.id] = pass(
            of: rule,
            from: moment,
            to: end - group.queryOffset,
            every: isSparse ? group.interval : step,
            engine,
            source
        )
        // One evaluation may fail, or a few be too much already: each tells for itself.
        if passes[rule.id] == nil { single.insert(rule.id) }
        return passes[rule.id]?.elements(at: moment)
    }

    private mutating func pass(
        of rule: Rule,
        from start: Instant,
        to end: Instant,
        every step: Milliseconds,
        _ engine: QueryEngine,
        _ source: some SeriesSource
    ) -> Pass? {
        // Rules are evaluated at single times: that is what their durations mean.
        guard let expression = try? rule.expression.resolved(step: .zero, range: .zero),
            expression.type == .vector || expression.type == .scalar,
            expression.isAnswered(without: derivedNames)
        else { return nil }
        var engine = engine
        engine.limits.maximumPoints = min(engine.limits.maximumPoints, valuesOfRule)
        var count = counts[rule.id] ?? min(Self.evaluations, Int64(engine.limits.maximumSteps))
        while count > 1 {
            counts[rule.id] = count
            let last = max(start, min(end, start + step * (count - 1)))
            do throws(QueryError) {
                let series = try engine.range(
                    expression,
                    from: start,
                    to: last,
                    step: step,
                    source: source
                )
                return Pass(start: start, step: step, end: last, series)
            } catch {
                guard error.kind == .limit else { return nil }
                count /= 10
            }
        }
        return nil
    }

    /// The answers to an expression at times evenly apart.
    private struct Pass {
        let start: Instant
        let step: Milliseconds
        let end: Instant
        let series: [RangeSeries]
        /// For each series the first sample that is not before the last time asked for.
        private var places: [Int]

        init(start: Instant, step: Milliseconds, end: Instant, _ series: [RangeSeries]) {
            self.start = start
            self.step = step
            self.end = end
            self.series = series
            places = series.map { _ in 0 }
        }

        /// What it gives at a time; nil at a time between those of the pass or after them.
        mutating func elements(at moment: Instant) -> [VectorElement]? {
            guard moment <= end, (moment - start).count % step.count == 0 else { return nil }
            var elements: [VectorElement] = []
            for (index, one) in series.enumerated() {
                while places[index] < one.samples.count, one.samples[places[index]].time < moment {
                    places[index] += 1
                }
                guard places[index] < one.samples.count else { continue }
                let sample = one.samples[places[index]]
                if sample.time == moment {
                    elements.append(VectorElement(labels: one.labels, sample: sample))
                }
            }
            return elements
        }
    }
}

extension PromQL.Expression {
    /// Whether it reads no series of some names, and gives over a range what it gives at each time.
    fileprivate func isAnswered(without names: Set<String>) -> Bool {
        switch self {
        case .number, .string: true
        case .selector(let selector), .matrix(let selector, _):
            selector.time.anchor.isFixed && !selector.mayRead(names)
        case .subquery(let inner, _, _, let time):
            time.anchor.isFixed && inner.isAnswered(without: names)
        case .call(_, let arguments, _): arguments.allSatisfy { $0.isAnswered(without: names) }
        case .aggregation(let aggregation):
            aggregation.operand.isAnswered(without: names)
                && (aggregation.parameter?.isAnswered(without: names) ?? true)
        case .unary(_, let inner), .parentheses(let inner), .unresolved(let inner, _):
            inner.isAnswered(without: names)
        case .binary(let binary):
            binary.left.isAnswered(without: names) && binary.right.isAnswered(without: names)
        }
    }
}

extension TimeModifier.Anchor? {
    /// Whether it means the same over a range as at each time of it.
    fileprivate var isFixed: Bool { self != .start && self != .end }
}

extension Selector {
    /// Whether it may find series of some names.
    fileprivate func mayRead(_ names: Set<String>) -> Bool {
        let conditions = matchers.filter { $0.name == Labels.metricNameLabel }
        return names.contains { name in conditions.allSatisfy { $0.accepts(name) } }
    }
}
