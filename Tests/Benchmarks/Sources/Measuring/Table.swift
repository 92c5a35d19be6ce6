internal import Glibc

/// Rows with a name and some figures, printed in columns.
package struct Table {
    private var rows: [[String]]

    /// Begins a table with the names of its columns.
    package init(_ columns: String...) { self.init(columns) }

    /// Begins a table with the names of its columns.
    package init(_ columns: [String]) {
        rows = [[""] + columns]
    }

    /// Adds a row.
    package mutating func add(_ name: String, _ figures: [String]) {
        rows.append([name] + figures)
    }

    /// Prints it, figures to the right.
    package func show() {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        for row in rows {
            let cells = row.enumerated().map { index, text in
                let blanks = String(repeating: " ", count: widths[index] - text.count)
                return index == 0 ? text + blanks : blanks + text
            }
            print(cells.joined(separator: "  "))
        }
        // Whoever follows a log sees it now.
        fflush(nil)
    }
}
