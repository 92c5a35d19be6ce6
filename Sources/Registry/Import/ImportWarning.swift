internal import Foundation

/// What is odd in a row and taken all the same.
struct ImportWarning: Sendable {
    let key: String
    let column: String
    let message: String

    /// What is odd in the rows that an import brings to a table.
    static func warnings(of table: Table, _ state: ImportState) -> [ImportWarning] {
        switch table.name {
        case "devices", "sites": far(table, state)
        case "roads": noLamps(table, state)
        default: []
        }
    }

    /// Devices and sites that lie far from their village: as a rule a digit is wrong.
    private static func far(_ table: Table, _ state: ImportState) -> [ImportWarning] {
        let villages = state.rows(of: "villages")
        let rows = state.rows(of: table.name)
        return state.importedKeys(of: table.name).compactMap { key in
            let row = TableRow(table: table, cells: rows[key] ?? [])
            guard let village = row["village"].string, let cells = villages[village],
                let here = position(row),
                let there = position(TableRow(table: Tables.villages, cells: cells))
            else { return nil }
            let kilometres = distanceKilometres(here, there)
            guard kilometres > RegistryLimits.farKilometres else { return nil }
            return ImportWarning(
                key: key,
                column: "latitude",
                message: "lies \(Int(kilometres.rounded())) km from village \(village); check "
                    + "latitude and longitude"
            )
        }
    }

    /// Lamps of a road that are registered as something else.
    private static func noLamps(_ table: Table, _ state: ImportState) -> [ImportWarning] {
        let devices = state.rows(of: "devices")
        let rows = state.rows(of: table.name)
        return state.importedKeys(of: table.name).compactMap { key in
            let row = TableRow(table: table, cells: rows[key] ?? [])
            let lamps = row["lamps"].string?.split(separator: ";").map(String.init) ?? []
            let other = lamps.first {
                TableRow(table: Tables.devices, cells: devices[$0] ?? [])["kind"] != .text("lamp")
            }
            return other.map {
                ImportWarning(
                    key: key,
                    column: "lamps",
                    message: "device \($0) is no lamp; correct its kind or the code"
                )
            }
        }
    }

    private static func position(_ row: TableRow) -> (latitude: Double, longitude: Double)? {
        guard let latitude = row["latitude"].number, let longitude = row["longitude"].number
        else { return nil }
        return (latitude, longitude)
    }

    /// Distance on a sphere of the Earth's mean radius.
    ///
    /// - Source: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), 159;
    ///   IUGG mean radius 6371.0088 km.
    private static func distanceKilometres(
        _ one: (latitude: Double, longitude: Double),
        _ other: (latitude: Double, longitude: Double)
    ) -> Double {
        let degree = Double.pi / 180
        let northward = sin((other.latitude - one.latitude) * degree / 2)
        let eastward = sin((other.longitude - one.longitude) * degree / 2)
        let squared =
            northward * northward
            + cos(one.latitude * degree) * cos(other.latitude * degree) * eastward * eastward
        return 2 * 6371.0088 * asin(min(1, squared.squareRoot()))
    }
}
