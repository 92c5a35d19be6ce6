internal import Foundation

/// The lines of a file of any size, one at a time; a pipe is a file, too.
struct InputLines: ~Copyable {
    /// Most bytes that a line may have, many times what any sample needs.
    static let maximumLineBytes = 1 << 20

    private static let chunkBytes = 256 << 10
    private static let lineFeed = UInt8(ascii: "\n")

    /// One line without its line feed.
    struct Line {
        /// Its number, from 1.
        var number: Int
        /// Its bytes; the first ones of a line that is too long.
        var bytes: [UInt8]
        /// Whether it has more bytes than are allowed.
        var isTooLong = false
        /// Whether the file ends in it, without a line feed.
        var isCut = true
    }

    private let path: String
    private let descriptor: Int32
    private let sizeBytes: Int64
    private var readBytes: Int64 = 0
    private var chunk: [UInt8] = []
    private var place = 0
    private var number = 0
    private var isAtEnd = false

    /// Opens a file.
    ///
    /// - Throws: ``GatewayError/unreadable(path:reason:)``.
    init(_ path: String) throws(GatewayError) {
        self.path = path
        descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw InputFile.unreadable(path) }
        // A pipe has no end to look for, and no size.
        sizeBytes = Int64(max(0, lseek(descriptor, 0, SEEK_END)))
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { close(descriptor) }

    /// Share of the file that was read, 0 to 1; 0 for a pipe.
    var share: Double { sizeBytes > 0 ? min(1, Double(readBytes) / Double(sizeBytes)) : 0 }

    /// The next line; nil at the end.
    ///
    /// - Throws: ``GatewayError/unreadable(path:reason:)``.
    mutating func next() throws(GatewayError) -> Line? {
        var line = Line(number: number + 1, bytes: [])
        var hasAny = false
        while true {
            if place == chunk.count {
                try fill()
                if chunk.isEmpty { break }
            }
            hasAny = true
            let end = chunk[place...].firstIndex(of: Self.lineFeed) ?? chunk.count
            let room = Self.maximumLineBytes - line.bytes.count
            line.bytes += chunk[place..<min(end, place + room)]
            if end - place > room { line.isTooLong = true }
            let isWhole = end < chunk.count
            place = min(end + 1, chunk.count)
            if isWhole {
                line.isCut = false
                break
            }
        }
        guard hasAny else { return nil }
        number += 1
        return line
    }

    private mutating func fill() throws(GatewayError) {
        place = 0
        if isAtEnd {
            chunk.removeAll()
            return
        }
        var bytes = [UInt8](repeating: 0, count: Self.chunkBytes)
        while true {
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw InputFile.unreadable(path)
            }
            isAtEnd = count == 0
            readBytes += Int64(count)
            bytes.removeLast(bytes.count - count)
            chunk = bytes
            return
        }
    }
}
