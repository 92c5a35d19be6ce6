internal import CodecSandbox
internal import Glibc

/// The worker's side of the socket: frames in by descriptor 0, out by descriptor 1.
struct Channel {
    private var input: [UInt8] = []
    private var place = 0

    /// The next frame; nil when the gateway has closed the socket, or says what is no frame.
    mutating func next() -> CodecFrame? {
        guard let header = take(CodecFrame.headerBytes), let count = CodecFrame.length(header),
            let content = take(count)
        else { return nil }
        return CodecFrame(content)
    }

    /// Sends a frame at once: should the next call end this process, the answers of those before it
    /// are with the gateway, which then knows whose fault it was.
    func send(_ frame: CodecFrame) -> Bool {
        var output: [UInt8] = []
        frame.append(to: &output)
        var sent = 0
        while sent < output.count {
            let count = unsafe output.withUnsafeBytes { bytes in
                // The array is not changed while its bytes are lent.
                unsafe write(1, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
            }
            if count <= 0 {
                if errno == EINTR { continue }
                return false
            }
            sent += count
        }
        return true
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        while input.count - place < count {
            input.removeFirst(place)
            place = 0
            guard receive() else { return nil }
        }
        defer { place += count }
        return input[place..<(place + count)]
    }

    private mutating func receive() -> Bool {
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 64 << 10) { bytes, count in
            repeat {
                count = unsafe read(0, bytes.baseAddress, bytes.count)
            } while count < 0 && errno == EINTR
            count = max(0, count)
        }
        input += piece
        return !piece.isEmpty
    }
}
