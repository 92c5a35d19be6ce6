internal import Foundation
internal import Telemetry

/// A zone of local times: an offset, or a name of the system's zone data with its summer times.
enum ReplayZone: Hashable, Sendable {
    case fixed(Milliseconds)
    case named(TimeZone)

    /// What a local time can mean.
    enum Meaning: Hashable {
        /// Clocks were set forward over it.
        case never
        case once(Instant)
        /// Clocks were set back behind it.
        case twice(Instant, Instant)
    }

    /// Reads `UTC`, `Z`, `+07:00` or a name as `Europe/Rome`; nil when the system knows none such.
    init?(_ text: String) {
        if text == "UTC" {
            self = .fixed(.zero)
        } else if let offset = Self.offset(text) {
            self = .fixed(offset)
        } else if text.contains("/"), let zone = TimeZone(identifier: text) {
            // Without a slash Foundation takes abbreviations, which mean different zones in
            // different places.
            self = .named(zone)
        } else {
            return nil
        }
    }

    /// Reads `Z` or `+07:00`; nil for anything else.
    static func offset(_ text: some StringProtocol) -> Milliseconds? {
        let bytes = Array(text.utf8)
        if bytes == [UInt8(ascii: "Z")] { return .zero }
        guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            bytes[3] == UInt8(ascii: ":")
        else { return nil }
        let digits = [bytes[1], bytes[2], bytes[4], bytes[5]].map { Int64($0 &- 0x30) }
        let (hours, minutes) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        // No clock on Earth is set more than 18 hours from UTC.
        guard digits.allSatisfy({ $0 <= 9 }), hours <= 18, minutes <= 59 else { return nil }
        let size = Milliseconds.hours(hours) + .minutes(minutes)
        return bytes[0] == UInt8(ascii: "-") ? .zero - size : size
    }

    /// What a local time means, given in milliseconds since 1970 as if it were UTC.
    ///
    /// Tries the offsets of a day before and a day after: no zone changes its clocks twice in two
    /// days, and no clock is a day from UTC.
    func meaning(ofLocal local: Int64) -> Meaning {
        let asUTC = Instant(milliseconds: local)
        let before = asUTC - offset(at: asUTC - .days(1))
        let after = asUTC - offset(at: asUTC + .days(1))
        if before == after { return .once(before) }
        let isBefore = before + offset(at: before) == asUTC
        let isAfter = after + offset(at: after) == asUTC
        switch (isBefore, isAfter) {
        case (true, true): return .twice(min(before, after), max(before, after))
        case (true, false): return .once(before)
        case (false, true): return .once(after)
        case (false, false): return .never
        }
    }

    private func offset(at instant: Instant) -> Milliseconds {
        switch self {
        case .fixed(let offset): offset
        case .named(let zone):
            .seconds(
                Int64(
                    zone.secondsFromGMT(
                        for: Date(timeIntervalSince1970: instant.secondsSince1970)
                    )
                )
            )
        }
    }
}

/// Tells the first from the second of an hour that comes twice, record by record.
struct RepeatedHour: Sendable {
    /// A time of the hour that is at hand, by the first of its two meanings.
    private var hour: Instant?
    private var isSecond = false
    /// The latest local time of each topic in that hour.
    private var latest: [String: Int64] = [:]

    /// How far a record must be from the hour for it to be over: records of several devices come
    /// a little out of order, and must not begin the hour anew.
    private static let reach = Milliseconds.hours(3)

    /// The meaning of a local time of such an hour.
    mutating func choose(_ first: Instant, _ second: Instant, local: Int64, topic: String)
        -> Instant
    {
        leave(at: first)
        hour = first
        if let last = latest[topic], local <= last { isSecond = true }
        if latest[topic] != nil || latest.count < ReplayLimits.repeatedHourTopics {
            latest[topic] = local
        }
        return isSecond ? second : first
    }

    /// Notes a record at another time.
    mutating func leave(at time: Instant) {
        guard let hour, time < hour - Self.reach || time > hour + Self.reach else { return }
        self = RepeatedHour()
    }
}
