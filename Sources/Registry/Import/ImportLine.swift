internal import ConfigurationText

/// A line of a file whose fields were read.
struct ImportLine: Sendable {
    /// Line of the file on which it begins, from 1.
    let number: Int
    /// Its values by column of the table; nil where the file has no such column.
    let cells: [Cell?]
}

/// A file whose header was understood.
struct ImportFile: Sendable {
    /// Its name as the caller gave it.
    let name: String
    /// For each column of the table where the file has it, from 1; nil where it has not.
    let places: [Int?]
    /// Lines whose fields were read.
    let lines: [ImportLine]
    /// Lines that were not, and why.
    let faults: [ConfigurationFault]
    /// Keys of lines that were not read, with the line.
    let refusedKeys: [String: Int]

    /// A fault of one of its lines.
    func fault(
        _ line: Int,
        _ column: String,
        _ message: String,
        in table: Table
    ) -> ConfigurationFault {
        let place = table.index(of: column).flatMap { places[$0] } ?? 0
        return ConfigurationFault(
            file: name,
            line: line,
            column: place,
            field: column,
            message: message
        )
    }
}
