internal import Telemetry

/// JSON written piece by piece, as bytes.
///
/// It writes what it is given: the caller sets quotes and commas. 125 000 envelopes have to be made
/// in a second or two, and texts put together from `String` parts take several times as long.
struct JSONText: Sendable {
    private(set) var bytes: [UInt8] = []

    init(reserving count: Int = 512) {
        bytes.reserveCapacity(count)
    }

    /// Adds a text as it is.
    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Adds a whole number.
    mutating func append(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(number.magnitude, width: 1)
    }

    /// Adds a number with a fixed count of decimals, rounded half away from zero.
    mutating func append(_ number: Double, places: Int) {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((number * scale).rounded())
        if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
        let (whole, rest) = scaled.magnitude.quotientAndRemainder(dividingBy: UInt64(scale))
        appendDigits(whole, width: 1)
        guard places > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        appendDigits(rest, width: places)
    }

    /// Adds a time as `2026-01-14T05:12:33.401` and a zone text.
    mutating func append(_ time: Instant, zone: String) {
        appendLocalTime(time, offset: .zero)
        bytes.append(UInt8(ascii: "."))
        let part = time.milliseconds % 1000
        appendDigits(UInt64(part < 0 ? part + 1000 : part), width: 3)
        append(zone)
    }

    /// Adds a local time to the second, without zone, as `2026-01-14T12:12:33`.
    mutating func appendLocalTime(_ time: Instant, offset: Milliseconds) {
        let date = CivilDate(time, offset: offset)
        let seconds = (time - date.midnight(offset: offset)).count / 1000
        appendDigits(UInt64(max(date.year, 0)), width: 4)
        bytes.append(UInt8(ascii: "-"))
        appendDigits(UInt64(date.month), width: 2)
        bytes.append(UInt8(ascii: "-"))
        appendDigits(UInt64(date.day), width: 2)
        bytes.append(UInt8(ascii: "T"))
        appendDigits(UInt64(seconds / 3600), width: 2)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(UInt64(seconds / 60 % 60), width: 2)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(UInt64(seconds % 60), width: 2)
    }

    /// Adds hexadecimal digits, the last ones of a number.
    mutating func appendHex(_ number: UInt64, digits: Int) {
        for place in (0..<digits).reversed() {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(4 * place)) & 0xF
            bytes.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
        }
    }

    /// Adds a UUID of version 4 made from 128 bits.
    mutating func appendUUID(_ high: UInt64, _ low: UInt64) {
        appendHex(high >> 32, digits: 8)
        append("-")
        appendHex(high >> 16, digits: 4)
        append("-4")
        appendHex(high, digits: 3)
        append("-")
        appendHex(0x8000 | (low >> 48) & 0x3FFF, digits: 4)
        append("-")
        appendHex(low, digits: 12)
    }

    /// Adds bytes as base64 with padding.
    ///
    /// - Source: RFC 4648 section 4.
    mutating func appendBase64(_ payload: [UInt8]) {
        var index = 0
        while index < payload.count {
            let rest = payload.count - index
            let first = UInt32(payload[index]) << 16
            let second = rest > 1 ? UInt32(payload[index + 1]) << 8 : 0
            let group = first | second | (rest > 2 ? UInt32(payload[index + 2]) : 0)
            bytes.append(Self.base64Letter(group >> 18))
            bytes.append(Self.base64Letter(group >> 12))
            bytes.append(rest > 1 ? Self.base64Letter(group >> 6) : UInt8(ascii: "="))
            bytes.append(rest > 2 ? Self.base64Letter(group) : UInt8(ascii: "="))
            index += 3
        }
    }

    private static func base64Letter(_ bits: UInt32) -> UInt8 {
        let value = UInt8(bits & 0x3F)
        switch value {
        case 0..<26: return UInt8(ascii: "A") + value
        case 26..<52: return UInt8(ascii: "a") + value - 26
        case 52..<62: return UInt8(ascii: "0") + value - 52
        case 62: return UInt8(ascii: "+")
        default: return UInt8(ascii: "/")
        }
    }

    private mutating func appendDigits(_ number: UInt64, width: Int) {
        var divisor: UInt64 = 1
        var count = 1
        while count < width || number / divisor >= 10 {
            divisor *= 10
            count += 1
        }
        while divisor > 0 {
            bytes.append(0x30 + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
