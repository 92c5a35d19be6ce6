/// A number inside a payload: where, how wide, in which order, and which of its bits.
struct ByteField: Hashable, Sendable {
    enum Form: Hashable, Sendable {
        case unsigned
        case signed
        case float
        /// Two decimal digits a byte.
        case decimal
    }

    /// First byte; below zero counts from the end, −1 is the last.
    var at: Int
    /// Bytes, 1 to 8.
    var width: Int
    var form: Form
    var isLittleEndian: Bool
    /// Lowest bit taken and how many; nil takes all.
    var bits: Bits?

    struct Bits: Hashable, Sendable {
        var lowest: Int
        var count: Int
    }

    /// The number in a payload that starts at a byte of an array, and ends at another.
    ///
    /// - Returns: NaN or infinite only for floating point fields; nil for decimal digits above 9.
    /// - Throws: ``DecodingError/truncated(field:needed:had:)`` when the field is not all there.
    func value(in bytes: [UInt8], _ payload: Range<Int>, name: String) throws(DecodingError)
        -> Double?
    {
        let start = at >= 0 ? payload.lowerBound + at : payload.upperBound + at
        guard start >= payload.lowerBound, start + width <= payload.upperBound else {
            let needed = at >= 0 ? at + width : max(-at, payload.count + at + width)
            throw .truncated(field: name, needed: needed, had: payload.count)
        }
        var raw: UInt64 = 0
        if isLittleEndian {
            for index in stride(from: start + width - 1, through: start, by: -1) {
                raw = raw << 8 | UInt64(bytes[index])
            }
        } else {
            for index in start..<(start + width) { raw = raw << 8 | UInt64(bytes[index]) }
        }
        return number(raw)
    }

    private func number(_ raw: UInt64) -> Double? {
        var raw = raw
        var bitCount = width * 8
        if let bits {
            raw >>= UInt64(bits.lowest)
            bitCount = bits.count
            if bitCount < 64 { raw &= (1 << UInt64(bitCount)) - 1 }
        }
        switch form {
        case .unsigned: return Double(raw)
        case .signed:
            let shift = UInt64(64 - bitCount)
            return Double(Int64(bitPattern: raw << shift) >> Int64(shift))
        case .float:
            return width == 4
                ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw)))
                : Double(bitPattern: raw)
        case .decimal:
            var value = 0.0
            for place in stride(from: bitCount - 4, through: 0, by: -4) {
                let digit = raw >> UInt64(place) & 0xF
                guard digit <= 9 else { return nil }
                value = value * 10 + Double(digit)
            }
            return value
        }
    }

    /// Reads `u8`, `i16`, `u24`, `f32`, `bcd4` and the like; nil for anything else.
    static func form(named name: String) -> (Form, width: Int)? {
        if name.hasPrefix("bcd"), let width = Int(name.dropFirst(3)), (1...7).contains(width) {
            return (.decimal, width)
        }
        guard let letter = name.first, let bits = Int(name.dropFirst()), bits.isMultiple(of: 8),
            (8...64).contains(bits)
        else { return nil }
        switch letter {
        case "u": return (.unsigned, bits / 8)
        case "i": return (.signed, bits / 8)
        case "f" where bits == 32 || bits == 64: return (.float, bits / 8)
        default: return nil
        }
    }
}
