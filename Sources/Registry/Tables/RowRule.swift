internal import Telemetry

/// What the values of one row must keep among each other.
struct RowRule: Sendable {
    /// The column at fault and the reason, or nil for a row that is in order.
    let check: @Sendable (TableRow) -> (column: String, message: String)?

    /// The last day does not lie before the first.
    static func ordered(_ first: String, _ last: String) -> RowRule {
        RowRule { row in
            // ISO dates sort as texts.
            guard let from = row[first].string, let to = row[last].string, to < from else {
                return nil
            }
            return (last, "\(to) lies before \(from) in column \(first)")
        }
    }

    /// Latitude and longitude stand both or not at all.
    static let wholePosition = RowRule { row in
        switch (row["latitude"], row["longitude"]) {
        case (.null, .null): nil
        case (.null, _): ("latitude", "empty, though there is a longitude; give both or none")
        case (_, .null): ("longitude", "empty, though there is a latitude; give both or none")
        default: nil
        }
    }

    /// Indices of a meter that was exchanged: both, of the same counters, none below zero.
    static let indicesMatch = RowRule { row in
        func indices(_ column: String) -> [String: Double]? {
            row[column].string.map { text in
                let items = text.split(separator: ";").map { $0.split(separator: "=") }
                return Dictionary(
                    items.map { (String($0[0]), Double($0[1]) ?? -1) },
                    uniquingKeysWith: { first, _ in first }
                )
            }
        }
        let (last, first) = (indices("last_indices"), indices("first_indices"))
        guard last?.keys.sorted() == first?.keys.sorted() else {
            return (
                "first_indices", "other counters than in column last_indices; give both of each"
            )
        }
        for (column, indices) in [("last_indices", last), ("first_indices", first)] {
            for (name, index) in indices ?? [:] {
                guard let quantity = Quantity.named(name), quantity.kind == .counter else {
                    return (column, "\"\(name)\" is no counter, as water.volume or feeder.energy")
                }
                guard quantity.range.contains(index) else {
                    return (
                        column,
                        "\(index) is no index of \(name), which goes from "
                            + "\(quantity.range.lowerBound) to \(quantity.range.upperBound)"
                    )
                }
            }
        }
        guard last == nil || row["change"].string == RegistrySnapshot.Ending.replaced.rawValue
        else {
            return ("last_indices", "indices belong to a meter that was replaced; leave it empty")
        }
        return nil
    }

    /// Start and end are not the same time; an end before the start lies on the next day.
    static let timesDiffer = RowRule { row in
        guard row["start"] == row["end"] else { return nil }
        return ("end", "the same time as in column start; an earlier one means the next day")
    }

    /// Switching times suit the mode.
    static let switchingSuitsMode = RowRule { row in
        let isClock = row["mode"].string == "clock"
        for column in ["on", "off"] {
            let text = row[column].string
            if isClock, text?.contains(":") != true {
                return (column, "\"\(text ?? "")\" is not a time of day, which mode clock needs")
            }
            if !isClock, let text, text.contains(":") {
                return (
                    column,
                    "\"\(text)\" is a time of day; mode sun needs minutes after sunset or before "
                        + "sunrise"
                )
            }
        }
        guard !isClock || row["on"] != row["off"] else {
            return ("off", "the same time as in column on; an earlier one means the next day")
        }
        return nil
    }
}
