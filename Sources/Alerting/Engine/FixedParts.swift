internal import PromQL
internal import Telemetry

/// Parts of rules' expressions that read nothing which rules give, worked out for many evaluations
/// at once.
///
/// In a run over history all samples are there from the start, but for those of the rules. A part
/// that reads only these, as `last_over_time(lamp_power_watts[4h])`, is worked out as a range query
/// for a stretch of evaluations: each series is read once, and series are matched once. In the
/// rule's expression stands a selector in its place, which ``FixedSource`` answers with the
/// values of one evaluation. What remains for each evaluation are the series of rules.
///
/// The answer is the same as that of single evaluations: functions whose value over sliding windows
/// is the same but for rounding are left where they are, unless a run may round; so are rules that
/// depend on the order of series, as `topk` does among equals, and what asks for the first or last
/// time of a query. Sums of many series may be added up in another order, as those of a query that
/// threads share are. A run that may round works out the rules of slower groups for each of its
/// steps too: sliding over their windows costs less than reading them each time.
///
/// A part that cannot be worked out is evaluated each time, as its error is that of one time. What
/// limits a query counts for each part of a stretch.
struct FixedParts: Sendable {
    /// What a selector of a part is known by: no expression that is read from a text has it.
    struct Pattern: LabelPattern {
        /// Number of the part.
        let part: Int

        var text: String { "part \(part)" }

        func matchesWhole(_ value: String) -> Bool { false }
    }

    /// Most parts of all rules; ``FixedSource`` numbers them.
    static let maximumParts = 1 << 10
    /// Most series of a part.
    static let maximumSeries = 1 << 19
    /// Most values of one stretch, of all parts together: at 12 bytes each, 24 MB.
    static let maximumValues = 2_000_000
    /// Most evaluations of a stretch, from which on reading series once does not spare much more.
    static let maximumSteps: Int64 = 240
    /// Evaluations of the first stretch of a run; it tells how many values they give.
    static let firstSteps: Int64 = 30

    /// A part with its values at each step of the stretch.
    fileprivate struct Values {
        var labels: [Labels] = []
        /// For each step where its elements begin; the end of the last one besides.
        var starts: [Int] = []
        /// The place in ``labels`` of each element's series.
        var series: [UInt32] = []
        var values: [Double] = []
    }

    /// The rules' expressions with selectors in place of their parts.
    private let expressions: [RuleID: (expression: Expression, parts: [Int])]
    private let parts: [(expression: Expression, offset: Milliseconds)]
    private var values: [Values?]
    private var start = Instant.distantPast
    private var stepCount: Int64 = 0
    private var nextCount = Self.firstSteps
    /// Evaluations that no part has been too large for yet.
    private var mostSteps = Self.maximumSteps
    /// Parts that were too large even for a short stretch.
    private var tooLarge: Set<Int> = []
    /// The step whose values are given.
    private var index = 0

    /// Finds the parts of the rules.
    ///
    /// - Parameters:
    ///   - groups: all that are judged.
    ///   - derived: names of the series that rules give.
    ///   - step: time between evaluations.
    ///   - mayRound: whether values may differ by rounding from those of single evaluations.
    init(
        of groups: [RuleGroup],
        besides derived: Set<String>,
        step: Milliseconds,
        mayRound: Bool = false
    ) {
        var splitter = Splitter(derived: derived, mayRound: mayRound)
        var expressions: [RuleID: (expression: Expression, parts: [Int])] = [:]
        for group in groups where mayRound || group.interval <= step {
            splitter.offset = group.queryOffset
            for rule in group.rules {
                splitter.used = []
                // One whose durations come to nothing says so at each evaluation.
                guard let whole = try? rule.expression.resolved(step: .zero, range: .zero),
                    !whole.dependsOnOrder
                else { continue }
                let split = splitter.split(whole)
                if !splitter.used.isEmpty { expressions[rule.id] = (split, splitter.used) }
            }
        }
        self.expressions = expressions
        parts = splitter.parts
        values = Array(repeating: nil, count: parts.count)
    }

    /// Goes to an evaluation; where it lies beyond the stretch that is worked out, the next stretch
    /// is.
    ///
    /// - Parameters:
    ///   - time: the evaluation that comes next.
    ///   - last: the last evaluation of the run.
    ///   - step: time between evaluations.
    ///   - engine: evaluates the parts.
    ///   - source: the store.
    ///   - mustEnd: whether the run is to be given up; then parts stay unknown.
    mutating func move(
        to time: Instant,
        before last: Instant,
        step: Milliseconds,
        _ engine: QueryEngine,
        _ source: some SeriesSource,
        unless mustEnd: @escaping @Sendable () -> Bool
    ) {
        guard !parts.isEmpty else { return }
        if stepCount > 0, time < start + step * stepCount {
            index = Int((time - start).count / step.count)
            return
        }
        index = 0
        start = time
        stepCount = min(nextCount, (last - time).count / step.count + 1)
        var engine = engine
        let isCanceled = engine.isCanceled
        engine.isCanceled = { mustEnd() || isCanceled() }
        var isTooLong = false
        var count = 0
        for number in parts.indices {
            values[number] = nil
            // For a single evaluation there is nothing to spare.
            guard stepCount > 1, !tooLarge.contains(number), !engine.isCanceled() else { continue }
            let first = time - parts[number].offset
            engine.limits.maximumPoints = min(
                engine.limits.maximumPoints,
                Self.maximumValues - count
            )
            do throws(QueryError) {
                let found = try engine.range(
                    parts[number].expression,
                    from: first,
                    to: first + step * (stepCount - 1),
                    step: step,
                    source: source
                )
                guard found.count <= Self.maximumSeries else {
                    tooLarge.insert(number)
                    continue
                }
                let known = Values(found, from: first, step: step, count: Int(stepCount))
                count += known.values.count
                values[number] = known
            } catch {
                guard error.kind == .limit || error.kind == .timeout else { continue }
                isTooLong = true
                if stepCount <= Self.firstSteps { tooLarge.insert(number) }
            }
        }
        if isTooLong { mostSteps = max(Self.firstSteps, stepCount / 2) }
        let fitting = Int64(Self.maximumValues) * stepCount / Int64(max(1, count))
        nextCount = min(mostSteps, max(2, fitting))
    }

    /// A rule's expression with its parts at a time of evaluation; nil when they are not known.
    func expression(of rule: RuleID) -> Expression? {
        guard let (expression, used) = expressions[rule],
            used.allSatisfy({ values.indices.contains($0) && values[$0] != nil })
        else { return nil }
        return expression
    }

    /// Number of the part that a selector stands for; nil for any other.
    static func number(of matchers: [LabelMatcher]) -> Int? {
        guard matchers.count == 1, case .matches(let pattern) = matchers[0].test else { return nil }
        return (pattern as? Pattern)?.part
    }

    /// The series that a part has at the evaluation, numbered from 0.
    func labels(of part: Int) -> [Labels] {
        guard let values = values[part] else { return [] }
        return values.series[values.starts[index]..<values.starts[index + 1]].map {
            values.labels[Int($0)]
        }
    }

    /// The value of a series of a part at the evaluation.
    func value(of part: Int, _ number: Int) -> Double? {
        values[part].map { $0.values[$0.starts[index] + number] }
    }
}

extension FixedParts.Values {
    fileprivate init(
        _ found: [RangeSeries],
        from first: Instant,
        step: Milliseconds,
        count: Int
    ) {
        func place(_ sample: Sample) -> Int { Int((sample.time - first).count / step.count) }
        labels = found.map(\.labels)
        starts = Array(repeating: 0, count: count + 1)
        for series in found {
            for sample in series.samples { starts[place(sample) + 1] += 1 }
        }
        for index in 0..<count { starts[index + 1] += starts[index] }
        series = Array(repeating: 0, count: starts[count])
        values = Array(repeating: 0, count: starts[count])
        var next = starts
        for (number, series) in found.enumerated() {
            for sample in series.samples {
                let position = next[place(sample)]
                self.series[position] = UInt32(number)
                values[position] = sample.value
                next[place(sample)] += 1
            }
        }
    }
}
