internal import Telemetry

/// Arithmetic or a comparison between two vectors.
///
/// Match groups and result labels are worked out once for a whole range; a step then only combines
/// numbers. Most groups have one series on either side, where no step can be ambiguous.
/// - Source: Prometheus, "Vector matching"; promql/engine.go, VectorBinop.
struct VectorMatching {
    private let binary: Binary
    /// The side that may have several series in a group; with `group_right` it is the right one.
    private let many: [GridSeries]
    private let one: [GridSeries]
    private let isSwapped: Bool
    private let count: Int
    private var groups: [Group] = []

    /// The series that agree in the labels to match.
    private struct Group {
        var labels: Labels
        var many: [Int] = []
        var one: [Int] = []
    }

    init(_ binary: Binary, left: [GridSeries], right: [GridSeries], count: Int) {
        self.binary = binary
        if case .oneToMany = binary.cardinality { isSwapped = true } else { isSwapped = false }
        many = isSwapped ? right : left
        one = isSwapped ? left : right
        self.count = count
        var places: [Labels: Int] = [:]
        func place(_ labels: Labels, _ groups: inout [Group]) -> Int {
            let key = labels.grouped(binary.matching)
            if let place = places[key] { return place }
            places[key] = groups.count
            groups.append(Group(labels: key))
            return groups.count - 1
        }
        for (index, series) in many.enumerated() {
            groups[place(series.labels, &groups)].many.append(index)
        }
        for (index, series) in one.enumerated() {
            groups[place(series.labels, &groups)].one.append(index)
        }
    }

    /// Matches and combines.
    ///
    /// - Parameter spend: is told how many values were worked on, and may end the query.
    /// - Throws: ``QueryError`` when a step has two series where one is allowed.
    /// - Returns: Series with at least one value; two may have the same labels.
    func run(_ spend: (Int) throws(QueryError) -> Void) throws(QueryError) -> [GridSeries] {
        try checkOneSide(spend)
        var output: [GridSeries] = []
        for group in groups where !group.many.isEmpty && !group.one.isEmpty {
            try checkManySide(group, spend)
            for index in group.many {
                for other in group.one {
                    try spend(count)
                    let series = combine(index, other)
                    if !series.column.isEmpty { output.append(series) }
                }
            }
        }
        return output
    }

    private func combine(_ index: Int, _ other: Int) -> GridSeries {
        var column = Column(count: count)
        for step in 0..<count {
            guard let value = many[index].column[step], let partner = one[other].column[step]
            else { continue }
            column[step] =
                isSwapped ? binary.result(partner, value) : binary.result(value, partner)
        }
        return GridSeries(labels: labels(index, other), column: column)
    }

    private func labels(_ index: Int, _ other: Int) -> Labels {
        var labels = many[index].labels
        if binary.dropsName { labels = labels.withoutMetricName }
        switch binary.cardinality {
        case .oneToOne, .manyToMany:
            return switch binary.matching {
            case .by(let names):
                Labels(alreadySorted: labels.sorted.filter { names.contains($0.name) })
            case .without(let names):
                Labels(alreadySorted: labels.sorted.filter { !names.contains($0.name) })
            }
        case .manyToOne(let include), .oneToMany(let include):
            let taken = include.map { Label($0, one[other].labels[$0] ?? "") }
            return Labels(labels.sorted + taken)
        }
    }
}

// MARK: Ambiguity

extension VectorMatching {
    /// Refuses two series of one group on the side of one, also in groups without a partner, but
    /// not at steps where the other side has nothing at all.
    private func checkOneSide(
        _ spend: (Int) throws(QueryError) -> Void
    ) throws(QueryError) {
        let rivals = groups.filter { $0.one.count > 1 }
        guard !rivals.isEmpty else { return }
        var hasMany = [Bool](repeating: false, count: count)
        for series in many {
            try spend(count)
            for step in 0..<count where series.column[step] != nil { hasMany[step] = true }
        }
        for group in rivals {
            try spend(group.one.count * count)
            for step in 0..<count where hasMany[step] {
                let present = group.one.filter { one[$0].column[step] != nil }
                guard present.count > 1 else { continue }
                throw QueryError(
                    .execution,
                    "found duplicate series for the match group \(group.labels.matcherText) on "
                        + "the \(isSwapped ? "left" : "right") hand-side of the operation: "
                        + "[\(one[present[1]].labels.matcherText), "
                        + "\(one[present[0]].labels.matcherText)];many-to-many matching not "
                        + "allowed: matching labels must be unique on one side"
                )
            }
        }
    }

    /// Series that give the same result with one partner.
    private struct Rivals {
        /// The only one until now.
        let first: Int
        /// Where one of several has a value together with the partner; nil while there is one.
        var steps: [Bool]?
    }

    /// Refuses two series that would give the same result, whether a comparison holds or not.
    private func checkManySide(
        _ group: Group,
        _ spend: (Int) throws(QueryError) -> Void
    ) throws(QueryError) {
        guard group.many.count > 1 else { return }
        let isOneToOne = binary.cardinality == .oneToOne
        for other in group.one {
            var known: [Labels: Rivals] = [:]
            for index in group.many {
                try spend(count)
                let key = isOneToOne ? group.labels : labels(index, other)
                guard var rivals = known.removeValue(forKey: key) else {
                    known[key] = Rivals(first: index)
                    continue
                }
                var steps = rivals.steps ?? sharedSteps(rivals.first, other)
                rivals.steps = nil
                for step in 0..<count where isShared(index, other, step) {
                    guard !steps[step] else { throw Self.ambiguity(isOneToOne) }
                    steps[step] = true
                }
                rivals.steps = steps
                known[key] = rivals
            }
        }
    }

    private func sharedSteps(_ index: Int, _ other: Int) -> [Bool] {
        (0..<count).map { isShared(index, other, $0) }
    }

    private func isShared(_ index: Int, _ other: Int, _ step: Int) -> Bool {
        many[index].column[step] != nil && one[other].column[step] != nil
    }

    private static func ambiguity(_ isOneToOne: Bool) -> QueryError {
        QueryError(
            .execution,
            isOneToOne
                ? "multiple matches for labels: many-to-one matching must be explicit "
                    + "(group_left/group_right)"
                : "multiple matches for labels: grouping labels must ensure unique matches"
        )
    }
}

extension Labels {
    /// The labels as Prometheus writes them in messages: the metric's name among the others.
    var matcherText: String {
        "{" + sorted.map { "\($0.name)=\(Self.quoted($0.value))" }.joined(separator: ", ") + "}"
    }
}
