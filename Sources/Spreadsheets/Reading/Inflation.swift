internal import CZlib

/// Bytes unpacked from a raw deflate stream into room of a known size.
///
/// - Source: RFC 1951; zlib.
enum Inflation {
    /// No header and no trailer, the widest window.
    private static let windowBits: Int32 = -15

    /// Unpacks a stream that gives exactly so many bytes.
    ///
    /// - Returns: the bytes; nil when the stream is damaged, or gives another number of bytes.
    static func inflate(_ packed: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        guard let packedCount = UInt32(exactly: packed.count), UInt32(exactly: count) != nil else {
            return nil
        }
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, size) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var isDone = false
        // One byte more than promised, so that zlib can end a stream of no bytes.
        let bytes = [UInt8](unsafeUninitializedCapacity: count + 1) { memory, written in
            packed.withUnsafeBufferPointer { input in
                // zlib reads what it is given and does not write to it.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = packedCount
                stream.next_out = memory.baseAddress
                stream.avail_out = UInt32(count + 1)
                let end = CZlib.inflate(&stream, Z_FINISH)
                written = count + 1 - Int(stream.avail_out)
                isDone = end == Z_STREAM_END && written == count
            }
        }
        return isDone ? bytes : nil
    }

    /// The check sum that an archive keeps of each part.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { memory in
            UInt32(truncatingIfNeeded: crc32(0, memory.baseAddress, UInt32(memory.count)))
        }
    }
}
