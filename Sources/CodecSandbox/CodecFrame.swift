/// What supervisor and worker say to each other, over one socket.
///
/// Each frame: its length without these 4 bytes; its kind (1); its content. Numbers have their
/// lowest byte first; a text is its length in bytes (4) and UTF-8.
///
/// To the worker: `load` (1): codec (4), whether contexts are kept (1), the operator's variables as
/// a JSON object (text), the script (text). `call` (2): codec (4), port (1), time of receiving in
/// milliseconds (8), device (text), payload (text, of any bytes). Calls are answered in order.
///
/// From the worker: `ready` (3), once, when it is warm and confined. `answer` (4): sort of outcome
/// (1), microseconds that the script ran (4), the rest words, or for an outcome of the script:
/// warnings, 0x1E, errors, 0x1E, data as JSON; warnings and errors with 0x1F between them, none of
/// them empty.
package enum CodecFrame: Hashable, Sendable {
    case load(codec: UInt32, keepsContexts: Bool, variables: String, script: String)
    case call(codec: UInt32, port: UInt8, milliseconds: Int64, device: String, payload: [UInt8])
    case ready
    case answer(Sort, microseconds: UInt32, words: [UInt8])

    /// Sort of outcome.
    package enum Sort: UInt8, Sendable, CaseIterable {
        /// The script's own result.
        case result
        /// The script threw, could not be read, or ran too long: words say which.
        case failure
    }

    /// Most bytes of a frame: a script with variables, or a result with its remarks.
    package static let maximumBytes = CodecLimits.scriptBytes + CodecLimits.variablesBytes + 1024
    /// Bytes of the length before each frame.
    package static let headerBytes = 4

    /// Writes the frame with its length behind what is there.
    package func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: [0, 0, 0, 0])
        switch self {
        case .load(let codec, let keepsContexts, let variables, let script):
            bytes.append(1)
            Self.put(codec, &bytes)
            bytes.append(keepsContexts ? 1 : 0)
            Self.put(variables.utf8, &bytes)
            Self.put(script.utf8, &bytes)
        case .call(let codec, let port, let milliseconds, let device, let payload):
            bytes.append(2)
            Self.put(codec, &bytes)
            bytes.append(port)
            Self.put(milliseconds, &bytes)
            Self.put(device.utf8, &bytes)
            Self.put(payload, &bytes)
        case .ready: bytes.append(3)
        case .answer(let sort, let microseconds, let words):
            bytes.append(4)
            bytes.append(sort.rawValue)
            Self.put(microseconds, &bytes)
            bytes.append(contentsOf: words)
        }
        let count = UInt32(bytes.count - start - Self.headerBytes)
        for place in 0..<Self.headerBytes {
            bytes[start + place] = UInt8(truncatingIfNeeded: count >> (8 * place))
        }
    }

    /// Reads the content of a frame; nil when it is none.
    package init?(_ content: ArraySlice<UInt8>) {
        var rest = content
        switch rest.popFirst() {
        case 1:
            guard let codec: UInt32 = Self.take(&rest), let keeps = rest.popFirst(),
                let variables = Self.takeText(&rest), let script = Self.takeText(&rest)
            else { return nil }
            self = .load(
                codec: codec,
                keepsContexts: keeps != 0,
                variables: String(decoding: variables, as: UTF8.self),
                script: String(decoding: script, as: UTF8.self)
            )
        case 2:
            guard let codec: UInt32 = Self.take(&rest), let port = rest.popFirst(),
                let milliseconds: Int64 = Self.take(&rest),
                let device = Self.takeText(&rest), let payload = Self.takeText(&rest)
            else { return nil }
            self = .call(
                codec: codec,
                port: port,
                milliseconds: milliseconds,
                device: String(decoding: device, as: UTF8.self),
                payload: Array(payload)
            )
        case 3: self = .ready
        case 4:
            guard let sort = rest.popFirst().flatMap(Sort.init),
                let microseconds: UInt32 = Self.take(&rest)
            else { return nil }
            self = .answer(sort, microseconds: microseconds, words: Array(rest))
            return
        default: return nil
        }
        guard rest.isEmpty else { return nil }
    }

    /// Length of the frame that begins with these four bytes; nil above the limit.
    package static func length(_ header: ArraySlice<UInt8>) -> Int? {
        var rest = header
        guard let count: UInt32 = take(&rest), count > 0, count <= maximumBytes else { return nil }
        return Int(count)
    }

    private static func put(_ value: some FixedWidthInteger, _ bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private static func put(_ text: some Collection<UInt8>, _ bytes: inout [UInt8]) {
        put(UInt32(text.count), &bytes)
        bytes.append(contentsOf: text)
    }

    private static func take<Value: FixedWidthInteger>(_ rest: inout ArraySlice<UInt8>) -> Value? {
        let count = Value.bitWidth / 8
        guard rest.count >= count else { return nil }
        var value: Value = 0
        for place in 0..<count {
            value |= Value(truncatingIfNeeded: rest[rest.startIndex + place]) << (8 * place)
        }
        rest = rest.dropFirst(count)
        return value
    }

    private static func takeText(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let count: UInt32 = take(&rest), rest.count >= Int(count) else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }
}

extension CodecResult {
    /// Reads the words of a script's own result; nil when they are none.
    init?(words: [UInt8]) {
        let parts = words.split(separator: 0x1E, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        func texts(_ part: ArraySlice<UInt8>) -> [String] {
            part.split(separator: 0x1F).map { String(decoding: $0, as: UTF8.self) }
        }
        self.init(data: Array(parts[2]), warnings: texts(parts[0]), errors: texts(parts[1]))
    }
}
