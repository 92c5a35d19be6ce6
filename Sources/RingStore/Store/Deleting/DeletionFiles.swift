/// The files of a store that speak of deletions, as a copy must have them.
///
/// They tell whether one is under way: it is put on record before it begins, and its intent goes
/// when it is done. So nothing was deleted between two readings that are the same, or what is being
/// deleted is named in both.
struct DeletionFiles: Equatable {
    /// Names of the files.
    static let names = [
        DeletionLog.fileName, DeletionIntent.fileName, DeletionIntent.freshFileName,
    ]

    /// The bytes of each, nil for one that is not there.
    private let contents: [[UInt8]?]

    /// Reads those of a folder.
    ///
    /// - Throws: ``StoreError/file(_:)``.
    init(_ storage: StorageFolder) throws(StoreError) {
        var contents: [[UInt8]?] = []
        for name in Self.names {
            let bytes = try StoreError.wrapping { () throws(FileError) in
                try storage.contents(of: name)
            }
            contents.append(bytes)
        }
        self.contents = contents
    }

    /// Makes a folder have the same.
    ///
    /// - Throws: ``StoreError/file(_:)``.
    func write(to storage: StorageFolder) throws(StoreError) {
        try StoreError.wrapping { () throws(FileError) in
            for (name, bytes) in zip(Self.names, contents) {
                if let bytes {
                    try storage.replace(name, with: bytes)
                } else {
                    try storage.remove(name)
                }
            }
        }
    }

    /// Removes them from a folder whose store is discarded.
    static func remove(from storage: StorageFolder) {
        // The first error says why; that the remains could not be removed as well would not.
        for name in names { _ = try? storage.remove(name) }
    }
}
