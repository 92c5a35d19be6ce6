/// A number inside a payload: where, how wide, in which order, and which of its bits.
struct ByteField: Hashable, Sendable {
    enum Form: Hashable, Sendable {
        case unsigned
        case signed
        case float
        /// The highest bit is the sign, the others are the magnitude.
        case signMagnitude
        /// Two decimal digits a byte.
        case decimal
        /// A decimal digit a byte, in ASCII.
        case text
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
    /// - Returns: NaN or infinite only for floating point fields; nil where decimal digits are due
    ///   and others stand.
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
            switch width {
            case 2: return Self.half(UInt16(truncatingIfNeeded: raw))
            case 4: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: raw)))
            default: return Double(bitPattern: raw)
            }
        case .signMagnitude:
            let sign = UInt64(1) << UInt64(bitCount - 1)
            return raw & sign == 0 ? Double(raw) : -Double(raw & (sign - 1))
        case .decimal:
            var value = 0.0
            for place in stride(from: bitCount - 4, through: 0, by: -4) {
                let digit = raw >> UInt64(place) & 0xF
                guard digit <= 9 else { return nil }
                value = value * 10 + Double(digit)
            }
            return value
        case .text:
            var value = 0.0
            for place in stride(from: bitCount - 8, through: 0, by: -8) {
                let digit = raw >> UInt64(place) & 0xFF
                guard digit >= 0x30, digit <= 0x39 else { return nil }
                value = value * 10 + Double(digit - 0x30)
            }
            return value
        }
    }

    /// A number of 16 bits: sign, 5 bits of exponent, 10 of fraction.
    ///
    /// - Source: IEEE 754-2019, section 3.6, binary16; written out because the type of that name is
    ///   not on every platform.
    private static func half(_ bits: UInt16) -> Double {
        let fraction = Double(bits & 0x3FF)
        let exponent = Int(bits >> 10 & 0x1F)
        let magnitude: Double
        switch exponent {
        case 0: magnitude = fraction / 16_777_216
        case 31: magnitude = fraction == 0 ? .infinity : .nan
        default:
            magnitude = Double(
                sign: .plus,
                exponent: exponent - 25,
                significand: 1024 + fraction
            )
        }
        return bits & 0x8000 == 0 ? magnitude : -magnitude
    }

    /// Reads `u8`, `i16`, `u24`, `sm16`, `f32`, `bcd4`, `ascii4` and the like; nil for anything
    /// else.
    static func form(named name: String) -> (Form, width: Int)? {
        for (prefix, form, widest) in [("bcd", Form.decimal, 7), ("ascii", .text, 8)]
        where name.hasPrefix(prefix) {
            guard let width = Int(name.dropFirst(prefix.count)), (1...widest).contains(width)
            else { return nil }
            return (form, width)
        }
        if name.hasPrefix("sm") {
            guard let bits = Int(name.dropFirst(2)), bits.isMultiple(of: 8),
                (8...64).contains(bits)
            else { return nil }
            return (.signMagnitude, bits / 8)
        }
        guard let letter = name.first, let bits = Int(name.dropFirst()), bits.isMultiple(of: 8),
            (8...64).contains(bits)
        else { return nil }
        switch letter {
        case "u": return (.unsigned, bits / 8)
        case "i": return (.signed, bits / 8)
        case "f" where bits == 16 || bits == 32 || bits == 64: return (.float, bits / 8)
        default: return nil
        }
    }
}
