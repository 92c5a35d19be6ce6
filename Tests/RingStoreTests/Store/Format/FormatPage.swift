import Testing

@testable import RingStore

/// The page about the store's format: its fields, its examples, and what these are made from.
struct FormatPage {
    /// A field as a table of the page describes it.
    struct Field {
        let name: String
        let form: FieldForm
        /// Offset in its part, where that is fixed.
        let offset: Int?
    }

    /// An example: bytes taken apart into fields.
    struct Example {
        struct Row {
            let offset: Int
            let bytes: [UInt8]
            let field: String
            let value: String
        }

        let heading: String
        let rows: [Row]

        var bytes: [UInt8] { rows.flatMap(\.bytes) }

        /// What the page says of a field, each time that it occurs.
        func values(_ field: String) -> [String] {
            rows.filter { $0.field == field }.map(\.value)
        }

        /// The only number of a field that occurs once.
        func number<Number: FixedWidthInteger>(
            _ field: String,
            as type: Number.Type = Number.self
        ) throws -> Number {
            let values = values(field)
            try #require(values.count == 1, "\(field) in \(heading)")
            return try FormatPage.number(values[0])
        }
    }

    let markdown: MarkdownPage
    /// Fields of each table that describes some, in the page's order.
    let fieldTables: [[Field]]
    let examples: [Example]

    init() throws {
        markdown = try MarkdownPage("StoreFormat", of: "RingStore")
        var fieldTables: [[Field]] = []
        var examples: [Example] = []
        for section in markdown.sections {
            for table in section.tables {
                if table.has("offset", "bytes", "field", "value") {
                    let rows = try table.rows.map { try Self.row($0) }
                    examples.append(Example(heading: section.heading, rows: rows))
                } else if table.columns.contains("bytes"), table.columns.contains("field") {
                    fieldTables.append(try Self.fields(table))
                }
            }
        }
        self.fieldTables = fieldTables
        self.examples = examples
    }

    /// The fields of all tables by name.
    var fields: [String: Field] {
        let fields = fieldTables.joined().map { ($0.name, $0) }
        return Dictionary(fields) { first, _ in first }
    }

    /// The example under a heading.
    func example(_ heading: String) throws -> Example {
        try #require(examples.first { $0.heading == heading }, "\(heading)")
    }

    /// The table of a section that begins with some columns.
    func table(_ heading: String, _ columns: String...) throws -> MarkdownPage.Table {
        let section = try #require(markdown[heading], "\(heading)")
        let table = section.tables.first { $0.columns.starts(with: columns) }
        return try #require(table, "\(heading)")
    }

    /// A number that the examples are made from.
    func input<Number: FixedWidthInteger>(
        _ name: String,
        as type: Number.Type = Number.self
    ) throws -> Number {
        let table = try table("The examples", "input", "value")
        let row = try #require(table.rows.first { $0[0] == name }, "\(name)")
        return try Self.number(row[1])
    }

    /// The samples that a section lists, by series; one without a number has none.
    func samples(_ heading: String) throws -> [(series: UInt32, run: SampleRun)] {
        let section = try #require(markdown[heading], "\(heading)")
        let lines = try #require(section.listings.first, "\(heading)")
        var samples: [(series: UInt32, run: SampleRun)] = []
        let firstTime: Int64 = try input("first time")
        for line in lines {
            var words = line.split { $0 == " " || $0 == ":" }
            if words.first == "series" {
                samples.append((try Self.number(String(words[1])), SampleRun()))
                words.removeFirst(2)
            } else if samples.isEmpty {
                samples.append((0, SampleRun()))
            }
            for word in words {
                let parts = word.split(separator: "=")
                try #require(parts.count == 2, "\(word)")
                let time: Int64 = try Self.number(String(parts[0]))
                let bits = try #require(PageNumber.bits(String(parts[1])), "\(word)")
                samples[samples.count - 1].run.append(firstTime + time, bits)
            }
        }
        return samples
    }

    /// A number in a cell.
    static func number<Number: FixedWidthInteger>(
        _ text: String,
        as type: Number.Type = Number.self
    ) throws -> Number {
        let isHex = text.hasPrefix("0x")
        let digits = isHex ? String(text.dropFirst(2)) : text
        return try #require(Number(digits, radix: isHex ? 16 : 10), "\(text)")
    }

    /// Bytes in hexadecimal digits.
    static func bytes(_ text: some StringProtocol) throws -> [UInt8] {
        try text.split(separator: " ").map { try #require(UInt8($0, radix: 16), "\($0)") }
    }

    private static func fields(_ table: MarkdownPage.Table) throws -> [Field] {
        let offsets = table["offset"]
        return try zip(table["field"], table["bytes"]).enumerated().map { index, cells in
            Field(
                name: cells.0,
                form: try #require(FieldForm(cells.1), "\(cells.0) has \(cells.1)"),
                offset: offsets.isEmpty ? nil : try number(offsets[index])
            )
        }
    }

    private static func row(_ cells: [String]) throws -> Example.Row {
        .init(
            offset: try number(cells[0]),
            bytes: try bytes(cells[1]),
            field: cells[2],
            value: cells[3]
        )
    }
}
