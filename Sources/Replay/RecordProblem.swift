/// Why a record cannot become a message; the reader adds file and line.
struct RecordProblem: Error, Hashable {
    /// Column, path or member.
    let field: String
    /// What is wrong and what would be right; lower case, no full stop.
    let message: String
}
