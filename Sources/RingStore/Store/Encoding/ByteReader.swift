/// Reads numbers from a part of some bytes; past its end it gives zeros and remembers that it did.
struct ByteReader {
    private let bytes: [UInt8]
    private let end: Int
    /// Index of the next byte.
    private(set) var index: Int
    /// Whether anything was read past the end, or a number was too long.
    private(set) var isExhausted = false

    /// Starts at the beginning of a range, the whole by default.
    init(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
        self.bytes = bytes
        index = range?.lowerBound ?? 0
        end = min(range?.upperBound ?? bytes.count, bytes.count)
    }

    /// How many bytes are left.
    var remaining: Int { end - index }

    /// Reads a number of fixed width, its lowest byte first.
    mutating func take<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number {
        guard remaining >= Number.bitWidth / 8, let number = bytes.littleEndian(at: index, as: type)
        else { return exhaust(0) }
        index += Number.bitWidth / 8
        return number
    }

    /// Reads a number in groups of seven bits.
    @inline(__always)
    mutating func takeVariable() -> UInt64 {
        guard index < end else { return exhaust(0) }
        // Most numbers have one group only.
        let group = bytes[index]
        guard group < 0x80 else { return takeLongVariable() }
        index += 1
        return UInt64(group)
    }

    private mutating func takeLongVariable() -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard index < end else { return exhaust(0) }
            let group = bytes[index]
            index += 1
            number |= UInt64(group & 0x7F) << shift
            if group < 0x80 { return number }
        }
        return exhaust(0)
    }

    /// Reads a number with a sign, folded so that small ones are short.
    mutating func takeSigned() -> Int64 {
        let number = takeVariable()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    /// Reads a count or a length, at most `limit`.
    mutating func takeCount(limit: Int) -> Int {
        let number = takeVariable()
        return limit >= 0 && number <= UInt64(limit) ? Int(number) : exhaust(0)
    }

    /// Reads a text after its length in bytes.
    mutating func takeText() -> String {
        let count = takeCount(limit: remaining)
        defer { index += count }
        return String(decoding: bytes[index..<index + count], as: UTF8.self)
    }

    /// Reads a text of some bytes, all of them UTF-8.
    mutating func takeText(byteCount: Int) -> String {
        guard byteCount <= remaining,
            let text = String(validating: bytes[index..<index + byteCount], as: UTF8.self)
        else { return exhaust("") }
        index += byteCount
        return text
    }

    /// Passes over bytes.
    mutating func skip(_ count: Int) {
        if count > remaining { isExhausted = true }
        index = min(end, index + count)
    }

    /// Lends the bytes from an index on to the end.
    borrowing func withBytes<Result>(
        from start: Int,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        unsafe bytes.withUnsafeBytes { memory in
            unsafe body(UnsafeRawBufferPointer(rebasing: memory[start..<end]))
        }
    }

    /// Lends the bytes from an index on, those behind the end of the part, too: a word may be read
    /// of which only the first bits count.
    borrowing func withAllBytes<Result>(
        from start: Int,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        unsafe bytes.withUnsafeBytes { memory in
            unsafe body(UnsafeRawBufferPointer(rebasing: memory[start...]))
        }
    }

    private mutating func exhaust<Number>(_ zero: Number) -> Number {
        isExhausted = true
        index = end
        return zero
    }
}

extension [UInt8] {
    /// Adds a number in groups of seven bits, the lowest first, each but the last marked by 128.
    mutating func appendVariable(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Adds a number with a sign, folded so that small ones are short.
    mutating func appendSigned(_ number: Int64) {
        appendVariable(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    /// Adds a text after its length in bytes.
    mutating func appendText(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            appendVariable(UInt64(bytes.count))
            unsafe append(contentsOf: bytes)
        }
    }
}
