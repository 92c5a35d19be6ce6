public import ConfigurationText

/// What an import did: how many lines of each file changed what, and which were refused.
public struct ImportReport: Hashable, Sendable {
    /// What was done with the lines of one file.
    public struct FileCount: Hashable, Sendable {
        /// Name of the file as it was given.
        public let file: String
        /// Lines that are new.
        public let inserted: Int
        /// Lines that changed what stood.
        public let updated: Int
        /// Lines that stood already as they are.
        public let unchanged: Int
        /// Lines that were refused.
        public let refused: Int

        /// Creates a count.
        public init(file: String, inserted: Int, updated: Int, unchanged: Int, refused: Int) {
            self.file = file
            self.inserted = inserted
            self.updated = updated
            self.unchanged = unchanged
            self.refused = refused
        }
    }

    /// Counts of each file whose name a table has, in the order in which tables depend on each
    /// other.
    public let files: [FileCount]
    /// Why lines and files were refused, sorted by file, line and column.
    ///
    /// `field` is the name of the column and `column` its place in the file. A fault without line
    /// is one of the whole file, of which nothing was taken.
    public let refused: [ConfigurationFault]
    /// What is odd and was taken all the same, sorted likewise.
    public let warnings: [ConfigurationFault]

    /// Whether the registry has taken it; otherwise the counts say what it would have taken.
    public let isWritten: Bool

    /// Creates a report; faults are sorted.
    public init(
        files: [FileCount],
        refused: [ConfigurationFault] = [],
        warnings: [ConfigurationFault] = [],
        isWritten: Bool = true
    ) {
        self.isWritten = isWritten
        self.files = files
        self.refused = refused.sorted(by: Self.precedes)
        self.warnings = warnings.sorted(by: Self.precedes)
    }

    /// Whether the registry is another than before.
    public var changedAnything: Bool {
        isWritten && files.contains { $0.inserted + $0.updated > 0 }
    }

    private static func precedes(_ left: ConfigurationFault, _ right: ConfigurationFault) -> Bool {
        (left.file, left.line, left.column, left.field, left.message)
            < (right.file, right.line, right.column, right.field, right.message)
    }
}

extension ImportReport: CustomStringConvertible {
    /// One line a file, then one a refusal and a warning; the first hundred of each.
    public var description: String {
        var lines = files.map {
            "\($0.file): \($0.inserted) new, \($0.updated) changed, \($0.unchanged) unchanged, "
                + "\($0.refused) refused"
        }
        lines += Self.shown(refused, as: "refused")
        lines += Self.shown(warnings, as: "warning")
        return lines.joined(separator: "\n")
    }

    private static func shown(_ faults: [ConfigurationFault], as word: String) -> [String] {
        let limit = RegistryLimits.maximumShownFaults
        var lines = faults.prefix(limit).map { "\(word): \($0)" }
        if faults.count > limit { lines.append("\(word): \(faults.count - limit) more") }
        return lines
    }
}
