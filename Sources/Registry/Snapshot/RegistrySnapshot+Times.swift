internal import Telemetry

extension RegistrySnapshot {
    /// A time of day, in whole minutes.
    public struct ClockTime: Hashable, Comparable, Sendable, CustomStringConvertible {
        /// Minutes after midnight, 0 to 1439.
        public let minutes: Int

        /// Creates a time; nil when hour is not in 0...23 or minute not in 0...59.
        public init?(hour: Int, minute: Int) {
            guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
            minutes = hour * 60 + minute
        }

        /// Creates a time from minutes after midnight; nil outside 0...1439.
        public init?(minutes: Int) {
            self.init(hour: minutes / 60, minute: minutes % 60)
        }

        /// Reads `HH:MM`; nil for anything else.
        public init?(_ text: String) {
            let bytes = Array(text.utf8)
            guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
                [0, 1, 3, 4].allSatisfy({ (0x30...0x39).contains(bytes[$0]) })
            else { return nil }
            let digits = bytes.map { Int($0) - 0x30 }
            self.init(hour: digits[0] * 10 + digits[1], minute: digits[3] * 10 + digits[4])
        }

        /// The time as `HH:MM`.
        public var description: String {
            let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
            return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
        }

        /// Compares by time of day.
        public static func < (left: ClockTime, right: ClockTime) -> Bool {
            left.minutes < right.minutes
        }

        /// Whether an instant lies between this time of a day and the next such end.
        func span(
            to end: ClockTime,
            of day: CivilDate,
            offset: Milliseconds,
            contains instant: Instant
        ) -> Bool {
            let midnight = day.midnight(offset: offset)
            let start = midnight + .minutes(Int64(minutes))
            let passesMidnight = end <= self
            let finish = midnight + .minutes(Int64(end.minutes)) + .days(passesMidnight ? 1 : 0)
            return start <= instant && instant < finish
        }
    }

    /// A day of the week, as files write it.
    public enum Weekday: String, CaseIterable, Comparable, Hashable, Sendable {
        /// Monday.
        case mon
        /// Tuesday.
        case tue
        /// Wednesday.
        case wed
        /// Thursday.
        case thu
        /// Friday.
        case fri
        /// Saturday.
        case sat
        /// Sunday.
        case sun

        /// The day of the week of a date.
        init(_ date: CivilDate) {
            // The calendar counts from Sunday, the cases from Monday.
            self = Self.allCases[(date.weekday + 6) % 7]
        }

        /// Compares by place in the week, from Monday on.
        public static func < (left: Weekday, right: Weekday) -> Bool { left.place < right.place }

        private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }
}
