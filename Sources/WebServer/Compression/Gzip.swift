internal import CZlib
internal import NIOCore

/// Bytes made smaller as gzip, in one piece.
///
/// - Source: RFC 1952; zlib.
enum Gzip {
    /// Answers with many points become 4 to 6 times smaller; higher levels cost more time than
    /// they save on the line.
    private static let level: Int32 = 4
    /// A window of 32 KiB, and 16 for the header and trailer of gzip.
    private static let windowBits: Int32 = 15 + 16
    private static let memoryLevel: Int32 = 8

    /// Compresses a buffer's readable bytes.
    ///
    /// - Returns: The compressed bytes; nil when zlib has no memory, or there is more than it can
    ///   count.
    static func compress(_ plain: ByteBuffer) -> ByteBuffer? {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        let isReady = deflateInit2_(
            &stream,
            level,
            Z_DEFLATED,
            windowBits,
            memoryLevel,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            size
        )
        guard isReady == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        guard let count = UInt32(exactly: plain.readableBytes) else { return nil }
        let bound = Int(deflateBound(&stream, UInt(count)))
        guard let room = UInt32(exactly: bound) else { return nil }
        var output = ByteBufferAllocator().buffer(capacity: bound)
        var isDone = false
        plain.withUnsafeReadableBytes { input in
            _ = output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { memory in
                // zlib reads what it is given and does not write to it.
                stream.next_in = UnsafeMutablePointer(
                    mutating: input.bindMemory(to: UInt8.self).baseAddress
                )
                stream.avail_in = count
                stream.next_out = memory.bindMemory(to: UInt8.self).baseAddress
                stream.avail_out = room
                isDone = deflate(&stream, Z_FINISH) == Z_STREAM_END
                return Int(stream.total_out)
            }
        }
        return isDone ? output : nil
    }
}
