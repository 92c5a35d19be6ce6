/// One sheet of a workbook as it was read.
public struct Sheet: Hashable, Sendable {
    /// A row that holds anything.
    public struct Row: Hashable, Sendable {
        /// Number as the program shows it, from 1.
        public let number: Int
        /// Values from the first column on, up to the last that is not empty.
        public let values: [SheetValue]

        /// Creates a row.
        public init(number: Int, values: [SheetValue]) {
            self.number = number
            self.values = values
        }
    }

    /// Name on its tab.
    public let name: String
    /// Rows that hold anything, in their order.
    public let rows: [Row]

    /// Creates a sheet.
    public init(name: String, rows: [Row]) {
        self.name = name
        self.rows = rows
    }

    /// The letters that programs show above a column.
    ///
    /// - Parameter column: from 1.
    /// - Returns: `A` for 1, `AA` for 27.
    public static func letters(of column: Int) -> String {
        var letters = ""
        var rest = column
        while rest > 0 {
            let digit = UInt8((rest - 1) % 26)
            letters.insert(
                Character(UnicodeScalar(UInt8(ascii: "A") + digit)),
                at: letters.startIndex
            )
            rest = (rest - 1) / 26
        }
        return letters
    }
}

/// What a cell holds.
public enum SheetValue: Hashable, Sendable {
    /// Nothing, or a text without characters.
    case empty
    /// A text; days are `2025-07-01`, times of day `18:30`, both `2025-07-01 18:30`.
    case text(String)
    /// A number that is no day and no time of day.
    case number(Double)
    /// True or false.
    case flag(Bool)
    /// A value that cannot be taken, and why: lower case, no full stop.
    case fault(String)
}
