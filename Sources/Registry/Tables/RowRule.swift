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
