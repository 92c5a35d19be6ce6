/// A column of a table, which is one of its file too.
struct Column: Sendable {
    let name: String
    let kind: ColumnKind
    /// Whether the file must have the column, and each line a value in it.
    let isRequired: Bool
    /// What an empty field of a column that is not required means.
    let whenEmpty: Cell
    /// Tables one of which must have a row whose code is the value, or each code of a list.
    let references: [String]

    static func required(_ name: String, _ kind: ColumnKind, in tables: String...) -> Column {
        Column(name: name, kind: kind, isRequired: true, whenEmpty: .null, references: tables)
    }

    static func optional(
        _ name: String,
        _ kind: ColumnKind,
        in tables: String...,
        whenEmpty: Cell = .null
    ) -> Column {
        Column(name: name, kind: kind, isRequired: false, whenEmpty: whenEmpty, references: tables)
    }

    /// Whether the value is made up for a demonstration; empty means no.
    static let simulated = optional("simulated", .flag, whenEmpty: .integer(0))
}

/// What a column may hold, and how it is written.
enum ColumnKind: Sendable {
    /// `[A-Za-z0-9._-]{1,64}`.
    case code
    /// A code in which colons may stand, as `318-NC:17.5`.
    case key
    /// Any text without control characters.
    case text
    /// How messages name a device.
    case address
    case whole(ClosedRange<Int>)
    case decimal(ClosedRange<Double>)
    /// `YYYY-MM-DD`.
    case date
    /// A date and a time with an offset, as `2026-11-01T08:00:00+07:00`, stored in UTC.
    case instant
    /// `true` or `false`, stored as 1 or 0.
    case flag
    case word([String])
    /// `HH:MM`, stored as minutes after midnight.
    case clock
    /// `HH:MM` or minutes from sunset or sunrise, stored as text.
    case switching
    /// Names of days, stored from Monday to Sunday.
    case weekdays
    /// `30s`, `15m`, `6h` or `1d`, stored in seconds.
    case span
    /// Codes divided by semicolons, in their order.
    case codes
    /// Keys divided by semicolons, in their order.
    case keys
    /// `name=number` divided by semicolons, stored sorted by name.
    case parameters
}
