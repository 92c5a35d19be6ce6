internal import Telemetry

/// What imports must leave to changes that are on record with their times; see ``DeviceChange``.
extension TableRule {
    /// The columns of a device that each change touches.
    private static let touched: [String: [String]] = [
        RegistrySnapshot.Ending.replaced.rawValue: Columns.box,
        RegistrySnapshot.Ending.moved.rawValue: ["village"] + Columns.place,
        RegistrySnapshot.Ending.retired.rawValue: ["address"],
        RegistrySnapshot.Ending.merged.rawValue: ["address"],
    ]

    /// A line of a file does not undo a change: a folder that is imported at each start would bring
    /// back the box that was taken away.
    ///
    /// A change is undone by a line that writes into a column what the change has ended there.
    static let staysAsChanged = TableRule { state, table in
        guard !state.isDatedChange else { return [] }
        var ended: [Cell: [TableRow]] = [:]
        for (_, cells) in state.rows(of: Tables.installations.name) {
            let row = TableRow(table: Tables.installations, cells: cells)
            ended[row["device"], default: []].append(row)
        }
        let stored = state.storedRows(of: table.name)
        return state.importedKeys(of: table.name).compactMap { key in
            guard let past = ended[.text(key)], let before = stored[key],
                let now = state.rows(of: table.name)[key]
            else { return nil }
            return breach(
                key,
                from: TableRow(table: table, cells: before),
                to: TableRow(table: table, cells: now),
                // Texts in UTC sort as their times.
                past.sorted { $0["until"].shown < $1["until"].shown }
            )
        }
    }

    private static func breach(
        _ key: String,
        from before: TableRow,
        to now: TableRow,
        _ past: [TableRow]
    ) -> Breach? {
        if let last = past.last, now["address"] != before["address"],
            ["retired", "merged"].contains(last["change"].shown)
        {
            return Breach(
                key: key,
                column: "address",
                message: "the device is out of service since \(last["until"].shown); langso "
                    + "devices replace puts it in service again"
            )
        }
        for column in Columns.box + ["village"] + Columns.place
        where now[column] != before[column] {
            // An empty address takes a box away, which is no way back to one.
            if column == "address", now[column] == .null { continue }
            guard
                let row = past.first(where: { row in
                    row[column] == now[column]
                        && touched[row["change"].shown]?.contains(column) == true
                })
            else { continue }
            let value = now[column] == .null ? "nothing" : now[column].shown
            return Breach(
                key: key,
                column: column,
                message: "\(value) is what the device had until \(row["until"].shown), when it "
                    + "was \(row["change"].shown); correct the line, or go back by langso devices "
                    + "replace or move"
            )
        }
        return nil
    }

    /// An installation that has ended did so before now.
    static let endsInThePast = TableRule { state, table in
        state.importedKeys(of: table.name).compactMap { key in
            guard let cells = state.rows(of: table.name)[key] else { return nil }
            let until = TableRow(table: table, cells: cells)["until"].shown
            guard let end = Instant(rfc3339: until), end > state.now else { return nil }
            return Breach(
                key: key,
                column: "until",
                message: "\(until) lies in the future; leave the line out until it has ended"
            )
        }
    }
}
