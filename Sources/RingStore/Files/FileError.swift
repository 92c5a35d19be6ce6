internal import Glibc

/// What can go wrong with a file or a folder of the journal and the store.
public enum FileError: Error, Hashable, Sendable {
    /// The operating system refused an operation; `code` is its errno.
    case system(operation: String, path: String, code: Int32)
    /// A file is shorter than what must be in it.
    case endOfFile(path: String, offset: UInt64, neededBytes: Int, hadBytes: Int)
    /// The disk has too little room for files of fixed size.
    case notEnoughSpace(path: String, neededBytes: UInt64, availableBytes: UInt64)
    /// Another process, or another part of this one, works in the folder.
    case alreadyInUse(path: String, processID: Int32?)

    /// The errno behind the error, or nil when the operating system gave none.
    public var code: Int32? {
        if case .system(_, _, let code) = self { return code }
        return nil
    }

    /// Whether the file or folder is not there.
    public var isNotFound: Bool { code == ENOENT }
}

extension FileError: CustomStringConvertible {
    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .system(let operation, let path, let code):
            let reason = Self.message(of: code)
            return "cannot \(operation) \(path): \(reason) (errno \(code))\(Self.advice(for: code))"
        case .endOfFile(let path, let offset, let needed, let had):
            return
                "cannot read \(needed) bytes at \(offset) of \(path): the file ends after \(had) "
                + "of them; it was cut short from outside, restore it from a copy"
        case .notEnoughSpace(let path, let needed, let available):
            return "cannot reserve \(needed) bytes in \(path): \(available) bytes are available; "
                + "free \(needed - min(needed, available)) bytes or configure a smaller size"
        case .alreadyInUse(let path, let processID):
            let holder = processID.map { "process \($0)" } ?? "another process"
            return "cannot lock \(path): \(holder) is using it; "
                + "stop that process or choose another data folder"
        }
    }

    private static func advice(for code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: "; free space on that file system"
        case EACCES, EPERM: "; give this user the right to read and write it"
        case EROFS: "; mount that file system for writing"
        case EIO: "; the disk reports a fault, look into the kernel log"
        case EMFILE, ENFILE: "; raise the limit of open files"
        default: ""
        }
    }

    private static func message(of code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        return unsafe buffer.withUnsafeMutableBufferPointer { memory in
            guard let text = memory.baseAddress,
                unsafe strerror_r(code, text, memory.count) == 0
            else { return "unknown error" }
            return unsafe String(cString: text)
        }
    }
}
