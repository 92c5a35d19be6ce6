internal import Foundation
public import RingStore

/// The record of all commands and of how far each came: the file `commands.log` in the data folder.
///
/// It is only ever added to. A line is the CRC-32C of its text as eight hexadecimal digits, a
/// blank, and the text: one JSON object, `{"accepted": …}` with who asked whom for what, when and
/// why, `{"changed": …}` with how far a command to one device came, or `{"refused": …}` with who
/// did not get what and why not. A line counts when it ends with a line break: what a crash left of
/// a line is cut off at the next opening, and what a failed write left of it before the next line
/// is written.
///
/// An entry is on the disk before anything that it speaks of is done. Belongs to one owner at a
/// time.
public struct CommandLog: ~Copyable {
    private let file: StorageFile
    private var end: UInt64
    /// Whether a write failed, of which anything may lie behind the end.
    private var isTorn = false

    /// Name of the file.
    public static let fileName = "commands.log"
    /// Size from which no more commands are accepted, in bytes: more than 100 000 of them.
    public static let fullBytes: UInt64 = 56 << 20
    /// Size from which on refused commands are counted and not put on record.
    public static let attemptBytes: UInt64 = 16 << 20
    /// Size from which nothing is added: what is left above ``fullBytes`` is for the ends of
    /// commands that are under way.
    public static let maximumBytes: UInt64 = 64 << 20

    /// Opens the log of a folder, or makes it.
    ///
    /// - Parameters:
    ///   - folder: the data folder.
    ///   - take: is given all entries in their order.
    /// - Throws: ``CommandLogError``.
    public init(
        _ folder: StorageFolder,
        _ take: (CommandEntry) -> Void
    ) throws(CommandLogError) {
        let path = folder.path(of: Self.fileName)
        let file = try Self.wrapping { () throws(FileError) in try Self.open(folder) }
        let bytes = try Self.wrapping { () throws(FileError) in
            let size = try file.sizeBytes()
            guard size <= Self.maximumBytes else {
                throw .system(operation: "read", path: path, code: EFBIG)
            }
            return try file.bytes(Int(size), at: 0)
        }
        let whole = bytes.lastIndex(of: Self.lineBreak).map { $0 + 1 } ?? 0
        for (index, line) in bytes[..<whole].split(separator: Self.lineBreak).enumerated() {
            guard let entry = Self.entry(line) else {
                throw .damaged(path: path, line: index + 1)
            }
            take(entry)
        }
        if whole < bytes.count {
            try Self.wrapping { () throws(FileError) in
                try file.truncate(sizeBytes: UInt64(whole))
            }
        }
        end = UInt64(whole)
        self.file = file
    }

    private static func open(_ folder: StorageFolder) throws(FileError) -> StorageFile {
        let isThere = try folder.contains(fileName)
        let file = try folder.open(fileName, isThere ? .readWrite : .createNew)
        if !isThere { try folder.synchronize() }
        return file
    }

    private static func wrapping<Result: ~Copyable>(
        _ body: () throws(FileError) -> Result
    ) throws(CommandLogError) -> Result {
        do throws(FileError) {
            return try body()
        } catch {
            throw .file(error)
        }
    }

    /// Whether there is room for more commands.
    public var takesCommands: Bool { end < Self.fullBytes }

    /// Whether there is room for refused commands: most of it is for those that are accepted.
    public var takesAttempts: Bool { end < Self.attemptBytes }

    /// Adds entries; when it returns they are on the disk.
    ///
    /// - Throws: ``CommandLogError``; then none of the entries counts. What part of them is in the
    ///   file is cut off at once, or, where the disk refuses that too, before anything is added.
    public mutating func append(_ entries: [CommandEntry]) throws(CommandLogError) {
        guard !entries.isEmpty else { return }
        var bytes: [UInt8] = []
        for entry in entries { bytes += try Self.line(entry) }
        guard end + UInt64(bytes.count) <= Self.maximumBytes else {
            throw .full(path: file.path, limit: Self.maximumBytes)
        }
        if isTorn { try cutTornEnd() }
        do throws(FileError) {
            try file.write(bytes.span.bytes, at: end)
            try file.synchronizeData()
        } catch {
            isTorn = true
            // Whole lines that were refused must not be there at the next start. Should this fail,
            // too, nothing is added before it has been done.
            try? cutTornEnd()
            throw .file(error)
        }
        end += UInt64(bytes.count)
    }

    /// Takes from the file what a failed write left behind its end.
    private mutating func cutTornEnd() throws(CommandLogError) {
        do throws(FileError) {
            try file.truncate(sizeBytes: end)
            try file.synchronizeData()
        } catch {
            throw .file(error)
        }
        isTorn = false
    }

    // MARK: Lines

    private static let lineBreak = UInt8(ascii: "\n")
    private static let checksumDigits = 8

    private static func line(_ entry: CommandEntry) throws(CommandLogError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text: [UInt8]
        do {
            text = Array(try encoder.encode(entry))
        } catch {
            throw .unwritable("\(error)")
        }
        return Array("\(checksum(text)) ".utf8) + text + [lineBreak]
    }

    private static func entry(_ line: ArraySlice<UInt8>) -> CommandEntry? {
        let text = Array(line.dropFirst(checksumDigits + 1))
        let head = "\(checksum(text)) "
        guard line.prefix(checksumDigits + 1).elementsEqual(head.utf8) else { return nil }
        return try? JSONDecoder().decode(CommandEntry.self, from: Data(text))
    }

    private static func checksum(_ text: [UInt8]) -> String {
        let digits = String(CRC32C.checksum(text.span.bytes), radix: 16)
        return String(repeating: "0", count: checksumDigits - digits.count) + digits
    }
}

/// Why the log of commands cannot be read or added to.
public enum CommandLogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file refused.
    case file(FileError)
    /// A line is not what was written.
    case damaged(path: String, line: Int)
    /// The file has as many bytes as it may have.
    case full(path: String, limit: UInt64)
    /// An entry cannot be written as JSON.
    case unwritable(String)

    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .file(let error): "the record of commands: \(error)"
        case .damaged(let path, let line):
            "cannot read \(path): line \(line) does not pass its check; keep the file as it is for "
                + "whoever asks who switched what, move it away to begin a new one, and start the "
                + "gateway again"
        case .full(let path, let limit):
            "cannot add to \(path): it has the \(limit) bytes that it may have; stop the gateway, "
                + "move the file to where records are kept, and start it again"
        case .unwritable(let reason): "cannot write an entry of the record of commands: \(reason)"
        }
    }
}
