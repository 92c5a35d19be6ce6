/// Why a part of a sealed run could not be read.
enum RunFault: Error {
    /// The disk refused.
    case file(FileError)
    /// The chunk of this number does not pass its check.
    case damaged(chunk: Int)
    /// The slots were given away while a snapshot still named them.
    case gaveWay
}
