/// What the rows of a table must keep among each other and to those of other tables.
struct TableRule: Sendable {
    /// A row of the import that breaks the rule.
    struct Breach: Sendable {
        let key: String
        let column: String
        let message: String
    }

    /// Finds the rows of the import that break the rule; empty when all is well.
    ///
    /// Which rows are found depends on the rows alone, not on the order of lines.
    let breaches: @Sendable (ImportState, Table) -> [Breach]

    /// No two devices have one address.
    static let uniqueAddress = TableRule { state, table in
        guard let column = table.index(of: "address") else { return [] }
        let rows = state.rows(of: table.name)
        var holders: [Cell: [String]] = [:]
        for (key, row) in rows where row[column] != .null {
            holders[row[column], default: []].append(key)
        }
        return holders.filter { $0.value.count > 1 }.flatMap { address, keys in
            let holders = keys.sorted()
            return holders.filter { state.isImported($0, table.name) }.map { key in
                let other = key == holders[0] ? holders[1] : holders[0]
                return Breach(
                    key: key,
                    column: "address",
                    message: "device \(other) has the address \(address.shown) too; each device "
                        + "has its own"
                )
            }
        }
    }

    /// No village belongs to two units of one kind on one day.
    static let oneUnitOfAKind = TableRule { state, table in
        let units = state.rows(of: "units")
        guard let kindColumn = Tables.units.index(of: "kind") else { return [] }
        var spans: [String: [(key: String, row: [Cell])]] = [:]
        for (key, row) in state.rows(of: table.name) {
            let kind = units[row[0].shown]?[kindColumn].shown ?? ""
            spans["\(row[1].shown) \(kind)", default: []].append((key, row))
        }
        var breaches: [Breach] = []
        for group in spans.values where group.count > 1 {
            for (key, row, other) in overlaps(group) where state.isImported(key, table.name) {
                let message = overlapMessage(other, row)
                breaches.append(Breach(key: key, column: "unit", message: message))
            }
        }
        return breaches
    }

    /// A unit does not change its kind: villages may belong to it and to one of the other kind.
    static let steadyKind = TableRule { state, table in
        guard let column = table.index(of: "kind") else { return [] }
        let stored = state.storedRows(of: table.name)
        return state.rows(of: table.name).compactMap { key, row in
            guard let before = stored[key]?[column], before != row[column] else { return nil }
            return Breach(
                key: key,
                column: "kind",
                message: "the unit is a \(before.shown) and cannot become a \(row[column].shown); "
                    + "give the new unit a code of its own"
            )
        }
    }

    /// No code is one of this table and of another.
    static func codeUnknown(in other: String) -> TableRule {
        TableRule { state, table in
            let taken = state.rows(of: other)
            return state.rows(of: table.name).keys.filter {
                taken[$0] != nil && state.isImported($0, table.name)
            }.map {
                Breach(
                    key: $0,
                    column: "code",
                    message: "\"\($0)\" is a code in \(other) too; counts could not tell them apart"
                )
            }
        }
    }

    /// The spans that overlap another one, each with one that it overlaps.
    ///
    /// Sorted by first day, a span overlaps an earlier one when it overlaps the one that lasts
    /// longest, and a later one when it overlaps the next.
    private static func overlaps(
        _ group: [(key: String, row: [Cell])]
    ) -> [(key: String, row: [Cell], other: [Cell])] {
        // Columns: unit, village, from, to. ISO dates sort as texts, and "~" after all of them.
        func first(_ row: [Cell]) -> String { row[2].shown }
        func last(_ row: [Cell]) -> String { row[3].string ?? "~" }
        let spans = group.sorted { (first($0.row), $0.key) < (first($1.row), $1.key) }
        var found: [(key: String, row: [Cell], other: [Cell])] = []
        var longest: [Cell]?
        for (index, span) in spans.enumerated() {
            let next = index + 1 < spans.count ? spans[index + 1].row : nil
            if let longest, first(span.row) <= last(longest) {
                found.append((span.key, span.row, longest))
            } else if let next, first(next) <= last(span.row) {
                found.append((span.key, span.row, next))
            }
            if longest.map({ last($0) < last(span.row) }) ?? true { longest = span.row }
        }
        return found
    }

    private static func overlapMessage(_ other: [Cell], _ row: [Cell]) -> String {
        let until = other[3].string.map { "to \($0)" } ?? "without an end"
        return "village \(row[1].shown) belongs to unit \(other[0].shown) of the same kind from "
            + "\(other[2].shown) \(until); let one end before the other begins"
    }
}
