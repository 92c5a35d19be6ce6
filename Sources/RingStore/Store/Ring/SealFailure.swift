/// Why a ring could not seal.
enum SealFailure: Error {
    /// The disk refused.
    case file(FileError)
    /// For want of slots everything before a time has to give way, which has to be in the rollup
    /// tiers first.
    case notRolledUp(before: Int64)
    /// A partition cannot be written a second time, because too few slots are free.
    case noRoom(neededSlots: Int, freeSlots: Int)

    /// Does something with files, whose errors become ``file(_:)``.
    static func wrapping<Result>(
        _ body: () throws(FileError) -> Result
    ) throws(SealFailure) -> Result {
        do {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}
