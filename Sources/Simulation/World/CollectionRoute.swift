internal import Telemetry

/// A round of waste collection: on which weekdays, and in which hours.
struct CollectionRoute: Sendable {
    let code: String
    let name: String
    /// Weekdays, 0 Sunday to 6 Saturday.
    let weekdays: Set<Int>
    /// Local hours in which the crew is on its way.
    let hours: Range<Int>
    let zoneOffset: Milliseconds

    /// The round of a local day; nil when none is planned.
    func round(on day: Int) -> Range<Instant>? {
        let date = CivilDate(daysSince1970: day)
        guard weekdays.contains(date.weekday) else { return nil }
        let midnight = date.midnight(offset: zoneOffset)
        return
            (midnight + .hours(Int64(hours.lowerBound)))..<(midnight
            + .hours(Int64(hours.upperBound)))
    }

    /// The rounds that end by an instant, the latest first, as many as asked for.
    func rounds(endingBy instant: Instant, count: Int) -> [Range<Instant>] {
        var found: [Range<Instant>] = []
        var day = local(instant)
        while found.count < count {
            if let round = round(on: day), round.upperBound <= instant { found.append(round) }
            day -= 1
        }
        return found
    }

    /// The first round that begins after an instant.
    func firstRound(after instant: Instant) -> Range<Instant> {
        var day = local(instant)
        while true {
            if let round = round(on: day), round.lowerBound > instant { return round }
            day += 1
        }
    }

    /// The local day of an instant, counted from 1970-01-01.
    func local(_ instant: Instant) -> Int {
        CivilDate(instant, offset: zoneOffset).daysSince1970
    }
}
