internal import Telemetry

/// A stored row that is read into a value; what it holds is checked a second time.
struct StoredRow {
    let table: Table
    let cells: [Cell]

    private func cell(_ column: String) -> Cell {
        table.index(of: column).map { cells[$0] } ?? .null
    }

    func damage(_ column: String) -> RegistryError {
        .damaged(table: table.name, column: column, value: cell(column).shown)
    }

    func text(_ column: String) throws(RegistryError) -> String {
        guard case .text(let text) = cell(column) else { throw damage(column) }
        return text
    }

    func optionalText(_ column: String) throws(RegistryError) -> String? {
        if cell(column) == .null { return nil }
        return try text(column)
    }

    func word<Word: RawRepresentable<String>>(
        _ column: String,
        _ type: Word.Type
    ) throws(RegistryError) -> Word {
        guard let word = Word(rawValue: try text(column)) else { throw damage(column) }
        return word
    }

    func date(_ column: String) throws(RegistryError) -> CivilDate {
        guard let date = CivilDate(try text(column)) else { throw damage(column) }
        return date
    }

    func optionalDate(_ column: String) throws(RegistryError) -> CivilDate? {
        if cell(column) == .null { return nil }
        return try date(column)
    }

    func instant(_ column: String) throws(RegistryError) -> Instant {
        guard let instant = Instant(rfc3339: try text(column)) else { throw damage(column) }
        return instant
    }

    func flag(_ column: String) throws(RegistryError) -> Bool {
        switch cell(column) {
        case .integer(0): return false
        case .integer(1): return true
        default: throw damage(column)
        }
    }

    func optionalWhole(_ column: String) throws(RegistryError) -> Int? {
        switch cell(column) {
        case .null: return nil
        case .integer(let number) where number >= 0: return Int(number)
        default: throw damage(column)
        }
    }

    func optionalDecimal(_ column: String) throws(RegistryError) -> Double? {
        switch cell(column) {
        case .null: return nil
        case .real(let number) where number.isFinite: return number
        default: throw damage(column)
        }
    }

    func decimal(_ column: String) throws(RegistryError) -> Double {
        guard let number = try optionalDecimal(column) else { throw damage(column) }
        return number
    }

    func clock(_ column: String) throws(RegistryError) -> RegistrySnapshot.ClockTime {
        guard let minutes = try optionalWhole(column),
            let time = RegistrySnapshot.ClockTime(minutes: minutes)
        else { throw damage(column) }
        return time
    }

    func optionalSpan(_ column: String) throws(RegistryError) -> Milliseconds? {
        guard let seconds = try optionalWhole(column) else { return nil }
        // A year is what the import lets in; more would overflow where spans are added.
        guard seconds <= 366 * 86_400 else { throw damage(column) }
        return .seconds(Int64(seconds))
    }

    func list(_ column: String) throws(RegistryError) -> [String] {
        try optionalText(column)?.split(separator: ";").map(String.init) ?? []
    }

    func parameters(_ column: String) throws(RegistryError) -> [String: Double] {
        var parameters: [String: Double] = [:]
        for item in try list(column) {
            let sides = item.split(separator: "=")
            guard sides.count == 2, let number = Double(sides[1]) else { throw damage(column) }
            parameters[String(sides[0])] = number
        }
        return parameters
    }

    func position() throws(RegistryError) -> RegistrySnapshot.Position? {
        let latitude = try optionalDecimal("latitude")
        let longitude = try optionalDecimal("longitude")
        guard let latitude, let longitude else { return nil }
        guard (-90...90).contains(latitude) else { throw damage("latitude") }
        guard (-180...180).contains(longitude) else { throw damage("longitude") }
        return RegistrySnapshot.Position(latitude: latitude, longitude: longitude)
    }
}
