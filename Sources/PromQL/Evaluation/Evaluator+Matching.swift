internal import Telemetry

extension Evaluator {
    /// Evaluates arithmetic or a comparison between vectors.
    ///
    /// - Source: Prometheus, "Vector matching"; promql/engine.go, VectorBinop.
    func match(
        _ binary: Binary,
        _ left: [GridSeries],
        _ right: [GridSeries],
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        var isSwapped = false
        if case .oneToMany = binary.cardinality { isSwapped = true }
        var matching = VectorMatching(
            binary,
            many: isSwapped ? right : left,
            one: isSwapped ? left : right,
            isSwapped: isSwapped,
            count: grid.count
        )
        for step in 0..<grid.count { try matching.run(step) }
        return matching.output.filter { !$0.column.isEmpty }
    }
}

/// The state of matching two vectors step by step.
private struct VectorMatching {
    private let binary: Binary
    private let many: [GridSeries]
    private let one: [GridSeries]
    private let isSwapped: Bool
    /// For each series on the side of many, the number of its match group.
    private var manyGroups: [Int] = []
    private var oneGroups: [Int] = []
    private var groupLabels: [Labels] = []
    private var places: [Pair: Int] = [:]
    private var placesByLabels: [Labels: Int] = [:]
    private(set) var output: [GridSeries] = []
    private let count: Int

    private struct Pair: Hashable {
        var many: Int
        var one: Int
    }

    init(_ binary: Binary, many: [GridSeries], one: [GridSeries], isSwapped: Bool, count: Int) {
        self.binary = binary
        self.many = many
        self.one = one
        self.isSwapped = isSwapped
        self.count = count
        var numbers: [Labels: Int] = [:]
        func number(_ labels: Labels, _ groupLabels: inout [Labels]) -> Int {
            let key = labels.matched(binary.matching)
            if let number = numbers[key] { return number }
            numbers[key] = groupLabels.count
            groupLabels.append(key)
            return groupLabels.count - 1
        }
        for series in one { oneGroups.append(number(series.labels, &groupLabels)) }
        for series in many { manyGroups.append(number(series.labels, &groupLabels)) }
    }

    /// Matches what is present at one step.
    mutating func run(_ step: Int) throws(QueryError) {
        guard many.contains(where: { $0.column[step] != nil }) else { return }
        var partner = [Int](repeating: -1, count: groupLabels.count)
        for index in one.indices where one[index].column[step] != nil {
            let group = oneGroups[index]
            guard partner[group] < 0 else { throw duplicates(group, partner[group], index) }
            partner[group] = index
        }
        var isTaken = [Bool](repeating: false, count: groupLabels.count)
        for index in many.indices {
            guard let value = many[index].column[step] else { continue }
            let group = manyGroups[index]
            guard partner[group] >= 0, let other = one[partner[group]].column[step] else {
                continue
            }
            if binary.cardinality == .oneToOne {
                guard !isTaken[group] else {
                    throw QueryError(
                        .execution,
                        "multiple matches for labels: many-to-one matching must be explicit "
                            + "(group_left/group_right)"
                    )
                }
                isTaken[group] = true
            }
            let result =
                isSwapped ? binary.result(other, value) : binary.result(value, other)
            guard let result else { continue }
            let place = place(of: Pair(many: index, one: partner[group]))
            guard output[place].column[step] == nil else {
                throw QueryError(
                    .execution,
                    "multiple matches for labels: grouping labels must ensure unique matches"
                )
            }
            output[place].column[step] = result
        }
    }

    private func duplicates(_ group: Int, _ first: Int, _ second: Int) -> QueryError {
        let side = isSwapped ? "left" : "right"
        return QueryError(
            .execution,
            "found duplicate series for the match group \(groupLabels[group]) on the \(side) "
                + "hand-side of the operation: [\(one[second].labels), \(one[first].labels)];"
                + "many-to-many matching not allowed: matching labels must be unique on one side"
        )
    }

    private mutating func place(of pair: Pair) -> Int {
        if let place = places[pair] { return place }
        let labels = labels(of: pair)
        let place = placesByLabels[labels] ?? output.count
        if place == output.count {
            output.append(GridSeries(labels: labels, column: Column(count: count)))
            placesByLabels[labels] = place
        }
        places[pair] = place
        return place
    }

    private func labels(of pair: Pair) -> Labels {
        var labels = many[pair.many].labels
        if binary.dropsName { labels = labels.withoutMetricName }
        switch binary.cardinality {
        case .oneToOne, .manyToMany:
            return switch binary.matching {
            case .by(let names): Labels(labels.sorted.filter { names.contains($0.name) })
            case .without(let names): Labels(labels.sorted.filter { !names.contains($0.name) })
            }
        case .manyToOne(let include), .oneToMany(let include):
            for name in include {
                if let value = one[pair.one].labels[name] {
                    labels = labels.setting(name, to: value)
                } else {
                    labels = labels.removing(name)
                }
            }
            return labels
        }
    }
}
