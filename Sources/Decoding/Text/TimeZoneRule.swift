public import Telemetry

/// The rule by which a place sets its clocks, without a time zone database.
///
/// Written as `Z`, as an offset `+07:00`, or as a POSIX TZ text with rules for summer time:
/// `CET-1CEST,M3.5.0,M10.5.0/3` for Rome, `AEST-10AEDT,M10.1.0,M4.1.0/3` for Melbourne.
///
/// - Source: POSIX.1-2024, section 8.3, TZ, the form `std offset dst offset, rule`; only `Mm.w.d`.
public struct TimeZoneRule: Hashable, Sendable, CustomStringConvertible {
    /// The rule as it was written.
    public let description: String
    /// How far local time is ahead of UTC outside summer time.
    public let standardOffset: Milliseconds
    private let summer: Summer?

    /// UTC.
    public static let utc = TimeZoneRule(offset: .zero, description: "Z")

    private struct Summer: Hashable, Sendable {
        let offset: Milliseconds
        let start: Change
        let end: Change
    }

    /// The day `day` (0 Sunday) of week `week` (5 is the last) of a month, at a local time.
    private struct Change: Hashable, Sendable {
        let month: Int
        let week: Int
        let day: Int
        let time: Milliseconds

        func local(year: Int) -> Milliseconds {
            guard let first = CivilDate(year: year, month: month, day: 1) else { return .zero }
            let toDay = (day - first.weekday + 7) % 7
            var dayOfMonth = 1 + toDay + (week - 1) * 7
            if dayOfMonth > CivilDate.dayCount(year: year, month: month) { dayOfMonth -= 7 }
            return .days(Int64(first.daysSince1970 + dayOfMonth - 1)) + time
        }
    }

    /// Creates a zone without summer time.
    public init(offset: Milliseconds) {
        self.init(offset: offset, description: "\(offset.count / 60_000) min")
    }

    private init(offset: Milliseconds, description: String, summer: Summer? = nil) {
        standardOffset = offset
        self.summer = summer
        self.description = description
    }

    /// Reads a rule; nil when it is none of the forms.
    public init?(_ text: String) {
        if text == "Z" || text == "UTC" {
            self = .utc
            return
        }
        var reader = Reader(Array(text.utf8))
        if let first = text.utf8.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            guard let offset = reader.isoOffset(), reader.isAtEnd else { return nil }
            self = TimeZoneRule(offset: offset, description: text)
            return
        }
        guard reader.skipName(), let west = reader.clock() else { return nil }
        let standard = Milliseconds(-west.count)
        if reader.isAtEnd {
            self = TimeZoneRule(offset: standard, description: text)
            return
        }
        guard reader.skipName() else { return nil }
        var offset = standard + .hours(1)
        if reader.peek != UInt8(ascii: ",") {
            guard let west = reader.clock() else { return nil }
            offset = Milliseconds(-west.count)
        }
        guard let start = reader.change(), let end = reader.change(), reader.isAtEnd else {
            return nil
        }
        self = TimeZoneRule(
            offset: standard,
            description: text,
            summer: Summer(offset: offset, start: start, end: end)
        )
    }

    /// How far local time is ahead of UTC at an instant.
    public func offset(at instant: Instant) -> Milliseconds {
        guard let summer else { return standardOffset }
        let year = CivilDate(instant, offset: standardOffset).year
        let start = summer.start.local(year: year) - standardOffset
        let end = summer.end.local(year: year) - summer.offset
        let time = instant.milliseconds
        let isSummer =
            start < end
            ? time >= start.count && time < end.count : time >= start.count || time < end.count
        return isSummer ? summer.offset : standardOffset
    }

    /// The instant of a local time, given as if it were UTC.
    ///
    /// The hour that comes twice in autumn is taken as the later one that is not after `latest`;
    /// the hour that does not come in spring is read by standard time.
    public func instant(local: Int64, latest: Instant) -> Instant {
        let standard = Instant(milliseconds: local) - standardOffset
        guard let summer else { return standard }
        let advanced = Instant(milliseconds: local) - summer.offset
        let isStandard = offset(at: standard) == standardOffset
        let isAdvanced = offset(at: advanced) == summer.offset
        if isStandard && isAdvanced { return standard > latest ? advanced : standard }
        return isAdvanced ? advanced : standard
    }

    /// A cursor over the text of a rule.
    private struct Reader {
        private let bytes: [UInt8]
        private var index = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }
        var peek: UInt8 { index < bytes.count ? bytes[index] : 0 }

        private mutating func take(_ character: Character) -> Bool {
            guard peek == character.asciiValue else { return false }
            index += 1
            return true
        }

        /// A name of three letters or more, or anything between `<` and `>`.
        mutating func skipName() -> Bool {
            let start = index
            if take("<") {
                while index < bytes.count, peek != UInt8(ascii: ">") { index += 1 }
                return take(">") && index - start > 2
            }
            while (0x41...0x5A).contains(peek) || (0x61...0x7A).contains(peek) { index += 1 }
            return index - start >= 3
        }

        private mutating func number(_ highest: Int) -> Int? {
            var value = 0
            let start = index
            while (0x30...0x39).contains(peek), index - start < 3 {
                value = value * 10 + Int(peek - 0x30)
                index += 1
            }
            return index > start && value <= highest ? value : nil
        }

        /// `[+-]hh[:mm[:ss]]`, as POSIX writes offsets and times of change.
        mutating func clock() -> Milliseconds? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let hours = number(167) else { return nil }
            var time = Milliseconds.hours(Int64(hours))
            if take(":") {
                guard let minutes = number(59) else { return nil }
                time = time + .minutes(Int64(minutes))
                if take(":") {
                    guard let seconds = number(59) else { return nil }
                    time = time + .seconds(Int64(seconds))
                }
            }
            return isNegative ? .zero - time : time
        }

        /// `+hh:mm` or `+hhmm`, east of UTC positive as ISO 8601 has it.
        mutating func isoOffset() -> Milliseconds? {
            let digits = bytes.dropFirst().filter { $0 != UInt8(ascii: ":") }
            guard digits.count == 4, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            let value = digits.map { Int64($0 - 0x30) }
            let hours = value[0] * 10 + value[1]
            let minutes = value[2] * 10 + value[3]
            guard hours <= 18, minutes <= 59 else { return nil }
            index = bytes.count
            let size = Milliseconds.hours(hours) + .minutes(minutes)
            return bytes.first == UInt8(ascii: "-") ? .zero - size : size
        }

        /// `,Mm.w.d[/time]`.
        mutating func change() -> Change? {
            guard take(","), take("M"), let month = number(12), month >= 1, take("."),
                let week = number(5), week >= 1, take("."), let day = number(6)
            else { return nil }
            var time = Milliseconds.hours(2)
            if take("/") {
                guard let read = clock() else { return nil }
                time = read
            }
            return Change(month: month, week: week, day: day, time: time)
        }
    }
}
