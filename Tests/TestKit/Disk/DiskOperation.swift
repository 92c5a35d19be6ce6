/// Something that changes a simulated disk; a row of them gives the same disk every time.
public enum DiskOperation: Sendable {
    /// A new empty file of a name.
    case create(String)
    /// A new folder of a name.
    case createFolder(String)
    /// Bytes put into a file.
    case write(file: Int, offset: Int, bytes: [UInt8])
    /// A file cut, or lengthened with zeros.
    case resize(file: Int, count: Int)
    /// A wait for a file that succeeded.
    case synchronize(file: Int)
    /// A wait for a file that failed, and lost what chance decides.
    case lose(file: Int, seed: UInt64)
    /// A wait for the names in a folder that succeeded.
    case synchronizeFolder(String)
    /// A file that got another name.
    case rename(String, to: String)
    /// A name that was taken away.
    case remove(String)
    /// A power cut, after which the disk is what chance decides.
    case powerCut(seed: UInt64)
    /// Nothing: the number stands for something that happened above.
    case mark(Int)
}
