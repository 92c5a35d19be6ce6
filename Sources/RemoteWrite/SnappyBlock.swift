internal import CSnappy

/// Bytes in the block format of snappy.
///
/// - Source: google/snappy, format_description.txt.
public enum SnappyBlock {
    /// Unpacks a block.
    ///
    /// - Parameters:
    ///   - block: The packed bytes.
    ///   - limit: Most bytes that it may unpack to; one that says more is refused before any is
    ///     reserved.
    /// - Throws: ``RemoteWriteError/tooLarge(bytes:limit:)``,
    ///   ``RemoteWriteError/malformedBlock``.
    /// - Returns: The unpacked bytes.
    public static func unpack(_ block: Span<UInt8>, limit: Int) throws(RemoteWriteError)
        -> [UInt8]
    {
        var length = 0
        let isReadable = unsafe block.withUnsafeBytes { bytes in
            unsafe snappy_uncompressed_length(
                bytes.assumingMemoryBound(to: CChar.self).baseAddress,
                bytes.count,
                &length
            ) == SNAPPY_OK
        }
        guard isReadable else { throw .malformedBlock }
        guard length <= limit else { throw .tooLarge(bytes: length, limit: limit) }
        var isWhole = true
        let output = unsafe [UInt8](unsafeUninitializedCapacity: length) { memory, count in
            var written = length
            isWhole = unsafe block.withUnsafeBytes { bytes in
                unsafe snappy_uncompress(
                    bytes.assumingMemoryBound(to: CChar.self).baseAddress,
                    bytes.count,
                    UnsafeMutableRawPointer(memory.baseAddress)?
                        .assumingMemoryBound(to: CChar.self),
                    &written
                ) == SNAPPY_OK
            }
            count = isWhole ? written : 0
        }
        guard isWhole, output.count == length else { throw .malformedBlock }
        return output
    }
}
