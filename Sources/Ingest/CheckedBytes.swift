internal import RingStore
internal import Telemetry

/// How the small files beside the store are framed: eight letters that name the format, the
/// content, and the CRC-32C of both (4 bytes, the lowest first).
enum CheckedBytes {
    /// The bytes of a file.
    static func framed(_ magic: [UInt8], _ content: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes = magic
        content(&bytes)
        LittleEndian.put(CRC32C.checksum(bytes.span.bytes), &bytes)
        return bytes
    }

    /// The content of a file; nil when it is of another format or not whole.
    static func content(of bytes: [UInt8], _ magic: [UInt8]) -> ArraySlice<UInt8>? {
        guard bytes.count >= magic.count + 4, bytes.starts(with: magic) else { return nil }
        let body = bytes.dropLast(4)
        var tail = bytes[body.endIndex...]
        guard let sum: UInt32 = LittleEndian.take(&tail),
            sum == CRC32C.checksum(Array(body).span.bytes)
        else { return nil }
        return body.dropFirst(magic.count)
    }
}
