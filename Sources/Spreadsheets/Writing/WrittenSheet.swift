/// A sheet that is to be written: a heading with notes, and rows below it.
public struct WrittenSheet: Sendable {
    /// One column.
    public struct Column: Sendable {
        /// What stands in the first row.
        public let title: String
        /// What a small window over the heading says; nil for none.
        public let note: String?
        /// What may be chosen in a list; empty for anything.
        public let choices: [String]
        /// Whether each row needs a value, which its heading shows.
        public let isRequired: Bool
        /// Whether what is typed stays a text, so that `007` is not made 7.
        public let isText: Bool
        /// How wide it is, in characters.
        public let width: Double

        /// Creates a column.
        public init(
            _ title: String,
            note: String? = nil,
            choices: [String] = [],
            isRequired: Bool = false,
            isText: Bool = true,
            width: Double = 16
        ) {
            self.title = title
            self.note = note
            self.choices = choices
            self.isRequired = isRequired
            self.isText = isText
            self.width = width
        }
    }

    /// Name on its tab; 1 to 31 characters without `[ ] : * ? / \`.
    public let name: String
    /// Columns from the first.
    public let columns: [Column]
    /// Values of the rows below the heading.
    public let rows: [[SheetValue]]

    /// Creates a sheet.
    public init(_ name: String, columns: [Column], rows: [[SheetValue]]) {
        self.name = name
        self.columns = columns
        self.rows = rows
    }
}
