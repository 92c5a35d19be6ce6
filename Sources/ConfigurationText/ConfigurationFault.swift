/// One fault in a file that an operator wrote: where it is, what is wrong, what to do.
public struct ConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// File as it was named by the caller.
    public let file: String
    /// Line, from 1; 0 when the fault has no line.
    public let line: Int
    /// Column, from 1; 0 when the fault has no column.
    public let column: Int
    /// Path of the field, as `fields[2].unit`; empty for the whole document.
    public let field: String
    /// What is wrong and what would be right; lower case, no full stop.
    public let message: String

    /// Creates a fault.
    public init(file: String, line: Int = 0, column: Int = 0, field: String = "", message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.field = field
        self.message = message
    }

    /// The fault as compilers write theirs: `file:line:column: field: message`.
    public var description: String {
        let place = line > 0 ? "\(file):\(line):\(max(column, 1))" : file
        return field.isEmpty ? "\(place): \(message)" : "\(place): \(field): \(message)"
    }
}

/// The faults of one or several files, in the order in which they were found.
public struct ConfigurationFaults: Error, Sendable, CustomStringConvertible {
    /// The faults; never empty when thrown.
    public let faults: [ConfigurationFault]

    /// Creates the collection.
    public init(_ faults: [ConfigurationFault]) {
        self.faults = faults
    }

    /// One fault a line.
    public var description: String {
        faults.map(\.description).joined(separator: "\n")
    }
}
