extension Instant {
    /// Reads an RFC 3339 time such as `2026-11-24T02:00:00.5Z` or `2026-11-24 09:00:00+07:00`.
    ///
    /// Fractions finer than a millisecond are rounded half up. A second of 60 is taken as the start
    /// of the next minute. Returns nil for anything else, a missing offset among it.
    ///
    /// - Source: RFC 3339 section 5.6.
    public init?(rfc3339 text: some StringProtocol) {
        self.init(isoTime: text, offsetWhenMissing: nil)
    }

    /// Reads an ISO 8601 time like ``init(rfc3339:)``, with a given offset where the text has none.
    ///
    /// - Parameters:
    ///   - text: date, `T` or blank, time with or without seconds and fraction, offset optional.
    ///   - offsetWhenMissing: milliseconds east of UTC for a text without offset; nil refuses
    ///   those.
    public init?(isoTime text: some StringProtocol, offsetWhenMissing: Milliseconds?) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 16, let date = CivilDate(text.prefix(10)),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t")
                || bytes[10] == UInt8(ascii: " "),
            let hour = CivilDate.number(bytes[11..<13]), bytes[13] == UInt8(ascii: ":"),
            let minute = CivilDate.number(bytes[14..<16]), hour <= 23, minute <= 59
        else { return nil }
        var index = 16
        var second = 0
        if index < bytes.count, bytes[index] == UInt8(ascii: ":") {
            guard bytes.count >= index + 3,
                let read = CivilDate.number(bytes[(index + 1)..<(index + 3)]), read <= 60
            else { return nil }
            second = read
            index += 3
        }
        var fraction = Milliseconds.zero
        if index < bytes.count,
            bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ",")
        {
            guard let (value, end) = Self.fraction(of: bytes, from: index + 1) else { return nil }
            fraction = value
            index = end
        }
        guard let offset = Self.offset(bytes[index...], whenMissing: offsetWhenMissing) else {
            return nil
        }
        self =
            date.midnight(offset: offset) + .hours(Int64(hour)) + .minutes(Int64(minute))
            + .seconds(Int64(second)) + fraction
    }

    /// The instant as RFC 3339 in UTC with three decimals, as `2026-11-24T02:00:00.000Z`.
    public var rfc3339: String { rfc3339(offset: .zero) }

    /// The instant as RFC 3339 in a zone so many milliseconds east of UTC, with three decimals.
    public func rfc3339(offset: Milliseconds) -> String {
        let date = CivilDate(self, offset: offset)
        let inDay = (self - date.midnight(offset: offset)).count
        let clock =
            "\(CivilDate.padded(Int(inDay / 3_600_000), 2))"
            + ":\(CivilDate.padded(Int(inDay / 60_000 % 60), 2))"
            + ":\(CivilDate.padded(Int(inDay / 1000 % 60), 2))"
            + ".\(CivilDate.padded(Int(inDay % 1000), 3))"
        return "\(date)T\(clock)\(Self.zone(offset))"
    }

    private static func fraction(of bytes: [UInt8], from start: Int) -> (Milliseconds, Int)? {
        var index = start
        var value: Int64 = 0
        while index < bytes.count, let digit = CivilDate.number(bytes[index...index]) {
            let place = index - start
            if place < 3 { value = value * 10 + Int64(digit) }
            if place == 3, digit >= 5 { value += 1 }
            index += 1
        }
        guard index > start else { return nil }
        for _ in 0..<max(0, 3 - (index - start)) { value *= 10 }
        return (Milliseconds(value), index)
    }

    private static func offset(_ rest: ArraySlice<UInt8>, whenMissing: Milliseconds?)
        -> Milliseconds?
    {
        if rest.isEmpty { return whenMissing }
        if rest.count == 1, rest.first == UInt8(ascii: "Z") || rest.first == UInt8(ascii: "z") {
            return .zero
        }
        let digits = rest.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            digits.count == 4, let hours = CivilDate.number(digits[0..<2]),
            let minutes = CivilDate.number(digits[2..<4]), hours <= 23, minutes <= 59
        else { return nil }
        let size = Milliseconds.hours(Int64(hours)) + .minutes(Int64(minutes))
        return sign == UInt8(ascii: "-") ? .zero - size : size
    }

    private static func zone(_ offset: Milliseconds) -> String {
        if offset == .zero { return "Z" }
        let minutes = Int(abs(offset.count) / 60_000)
        let sign = offset.count < 0 ? "-" : "+"
        return "\(sign)\(CivilDate.padded(minutes / 60, 2)):\(CivilDate.padded(minutes % 60, 2))"
    }
}

extension Instant: CustomStringConvertible {
    /// The instant as RFC 3339 in UTC; raw milliseconds beyond the years that format can hold.
    public var description: String {
        // 9999-12-31T23:59:59.999Z and 0000-01-01T00:00:00Z.
        (-62_167_219_200_000...253_402_300_799_999).contains(milliseconds)
            ? rfc3339 : "\(milliseconds) ms"
    }
}
