import Foundation

/// Tables and listings of a page of the documentation, under the headings they stand under.
struct MarkdownPage {
    /// A table; its cells have lost the marks of code.
    struct Table {
        let columns: [String]
        var rows: [[String]] = []

        /// Whether it has just these columns, in this order.
        func has(_ columns: String...) -> Bool { self.columns == columns }

        /// Cells of a column from top to bottom; none when there is no such column.
        subscript(column: String) -> [String] {
            guard let index = columns.firstIndex(of: column) else { return [] }
            return rows.map { $0[index] }
        }
    }

    /// What stands between a heading and the next.
    struct Section {
        let heading: String
        var tables: [Table] = []
        /// Lines of each fenced listing.
        var listings: [[String]] = []
    }

    private(set) var sections: [Section] = []

    /// Reads a page of a module's documentation from the checkout that the tests were built from.
    init(_ name: String, of module: String) throws {
        var top = URL(filePath: #filePath)
        for _ in 0..<5 { top.deleteLastPathComponent() }
        let url = top.appending(path: "Sources/\(module)/\(module).docc/\(name).md")
        parse(try String(contentsOf: url, encoding: .utf8))
    }

    /// The section under a heading.
    subscript(heading: String) -> Section? { sections.first { $0.heading == heading } }

    private mutating func parse(_ text: String) {
        var isListing = false
        var isTable = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isListing.toggle()
                if isListing { sections[sections.count - 1].listings.append([]) }
            } else if isListing {
                let last = sections[sections.count - 1].listings.count - 1
                sections[sections.count - 1].listings[last].append(String(line))
            } else if line.hasPrefix("#") {
                let heading = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces)
                sections.append(Section(heading: heading))
            } else if line.hasPrefix("|") {
                addRow(cells(line), startsTable: !isTable)
            }
            isTable = line.hasPrefix("|") && !isListing
        }
    }

    private mutating func addRow(_ cells: [String], startsTable: Bool) {
        let section = sections.count - 1
        if startsTable {
            sections[section].tables.append(Table(columns: cells))
        } else if !cells.allSatisfy({ $0 == "---" }) {
            sections[section].tables[sections[section].tables.count - 1].rows.append(cells)
        }
    }

    private func cells(_ line: Substring) -> [String] {
        line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
            $0.filter { $0 != "`" }.trimmingCharacters(in: .whitespaces)
        }
    }
}
