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
    init?(_ bytes: [UInt8], _ range: Range<Int>) {
        var cursor = Cursor(bytes: bytes, index: range.lowerBound, end: range.upperBound)
        guard let year = cursor.digits(4), cursor.take("-"), let month = cursor.digits(2),
            cursor.take("-"), let day = cursor.digits(2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        var local = Int64(date.daysSince1970) * 86_400_000
        if cursor.isAtEnd {
            self = .local(local)
            return
        }
        guard cursor.take("T") || cursor.take("t") || cursor.take(" "),
            let hour = cursor.digits(2), hour <= 23, cursor.take(":"),
            let minute = cursor.digits(2), minute <= 59
        else { return nil }
        local += Int64(hour) * 3_600_000 + Int64(minute) * 60_000
        if cursor.take(":") {
            guard let second = cursor.digits(2), second <= 60 else { return nil }
            local += Int64(second) * 1000
            if cursor.take(".") || cursor.take(",") {
                guard let fraction = cursor.fraction() else { return nil }
                local += fraction
            }
        }
        if cursor.isAtEnd {
            self = .local(local)
            return
        }
        guard let offset = cursor.offset(), cursor.isAtEnd else { return nil }
        self = .absolute(Instant(milliseconds: local - offset))
    }

    private struct Cursor {
        let bytes: [UInt8]
        var index: Int
        let end: Int

        var isAtEnd: Bool { index == end }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < end, bytes[index] == UInt8(truncatingIfNeeded: character.value) else {
                return false
            }
            index += 1
            return true
        }

        mutating func digits(_ count: Int) -> Int? {
            guard end - index >= count else { return nil }
            var value = 0
            for _ in 0..<count {
                let digit = bytes[index] &- 0x30
                guard digit <= 9 else { return nil }
                value = value * 10 + Int(digit)
                index += 1
            }
            return value
        }

        mutating func fraction() -> Int64? {
            let start = index
            var value: Int64 = 0
            while index < end, bytes[index] &- 0x30 <= 9 {
                let digit = Int64(bytes[index] - 0x30)
                let place = index - start
                if place < 3 { value = value * 10 + digit }
                if place == 3, digit >= 5 { value += 1 }
                index += 1
            }
            guard index > start else { return nil }
            for _ in 0..<max(0, 3 - (index - start)) { value *= 10 }
            return value
        }

        mutating func offset() -> Int64? {
            if take("Z") || take("z") { return 0 }
            let isNegative = take("-")
            guard isNegative || take("+"), let hours = digits(2), hours <= 23 else { return nil }
            _ = take(":")
            guard let minutes = digits(2), minutes <= 59 else { return nil }
            let size = Int64(hours) * 3_600_000 + Int64(minutes) * 60_000
            return isNegative ? -size : size
        }
    }
}
