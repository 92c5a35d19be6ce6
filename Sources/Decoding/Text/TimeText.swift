internal import Telemetry

/// A time as text in a message: with its offset, or as a local time that needs a zone.
///
/// Reads RFC 3339 and the shorter ISO 8601 forms that devices send: `T` or a blank between date and
/// time, seconds and fraction optional, a date alone for midnight. Fractions are rounded half up to
/// milliseconds. No allocation.
enum TimeText: Equatable {
    /// A time with an offset.
    case absolute(Instant)
    /// Milliseconds since 1970 as if the local time were UTC.
    case local(Int64)

    /// Reads a text; nil when it is no time.
    init?(_ bytes: borrowing [UInt8], _ range: Range<Int>) {
        // All before the fraction stands at fixed places.
        let text = bytes.span.extracting(range)
        guard text.count >= 10, let century = Self.pair(text, 0), let year = Self.pair(text, 2),
            text[4] == UInt8(ascii: "-"), let month = Self.pair(text, 5),
            text[7] == UInt8(ascii: "-"), let day = Self.pair(text, 8),
            let date = CivilDate(year: century * 100 + year, month: month, day: day)
        else { return nil }
        var local = Int64(date.daysSince1970) * 86_400_000
        if text.count == 10 {
            self = .local(local)
            return
        }
        guard text.count >= 16, Self.divides(text[10]), let hour = Self.pair(text, 11), hour <= 23,
            text[13] == UInt8(ascii: ":"), let minute = Self.pair(text, 14), minute <= 59
        else { return nil }
        local += Int64(hour) * 3_600_000 + Int64(minute) * 60_000
        var index = 16
        if index < text.count, text[index] == UInt8(ascii: ":") {
            guard let second = Self.pair(text, 17), second <= 60 else { return nil }
            local += Int64(second) * 1000
            index = 19
            if index < text.count,
                text[index] == UInt8(ascii: ".") || text[index] == UInt8(ascii: ",")
            {
                index += 1
                guard let fraction = Self.fraction(text, &index) else { return nil }
                local += fraction
            }
        }
        if index == text.count {
            self = .local(local)
            return
        }
        guard let offset = Self.offset(text, index) else { return nil }
        self = .absolute(Instant(milliseconds: local - offset))
    }

    private static func divides(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "T") || byte == UInt8(ascii: "t") || byte == UInt8(ascii: " ")
    }

    /// The number of two digits; nil where others stand, or none.
    @inline(__always)
    private static func pair(_ text: Span<UInt8>, _ place: Int) -> Int? {
        guard place + 2 <= text.count else { return nil }
        let (tens, ones) = (text[place] &- 0x30, text[place + 1] &- 0x30)
        return tens <= 9 && ones <= 9 ? Int(tens) * 10 + Int(ones) : nil
    }

    /// The milliseconds of a fraction, and the place past it; nil without a digit.
    private static func fraction(_ text: Span<UInt8>, _ index: inout Int) -> Int64? {
        let start = index
        var value: Int64 = 0
        while index < text.count {
            let digit = text[index] &- 0x30
            guard digit <= 9 else { break }
            let place = index - start
            if place < 3 { value = value * 10 + Int64(digit) }
            if place == 3, digit >= 5 { value += 1 }
            index += 1
        }
        guard index > start else { return nil }
        for _ in 0..<max(0, 3 - (index - start)) { value *= 10 }
        return value
    }

    /// The offset in milliseconds that fills the rest of the text; nil when it does not.
    private static func offset(_ text: Span<UInt8>, _ start: Int) -> Int64? {
        let sign = text[start]
        if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") {
            return start + 1 == text.count ? 0 : nil
        }
        guard sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+"),
            let hours = pair(text, start + 1), hours <= 23
        else { return nil }
        let isDivided = start + 3 < text.count && text[start + 3] == UInt8(ascii: ":")
        let place = start + (isDivided ? 4 : 3)
        guard let minutes = pair(text, place), minutes <= 59, place + 2 == text.count else {
            return nil
        }
        let size = Int64(hours) * 3_600_000 + Int64(minutes) * 60_000
        return sign == UInt8(ascii: "-") ? -size : size
    }
}
