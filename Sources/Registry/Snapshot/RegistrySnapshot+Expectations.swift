public import Telemetry

extension RegistrySnapshot {
    /// Whether the collection of a route is planned for an instant.
    ///
    /// A collection that passes midnight belongs to the day on which it begins.
    /// - Parameters:
    ///   - route: code of the route.
    ///   - instant: the instant.
    ///   - zoneOffset: how far local time is ahead of UTC; seven hours in Vietnam.
    /// - Returns: false for a route that is not known.
    public func isCollectionPlanned(
        route: String,
        at instant: Instant,
        zoneOffset: Milliseconds
    ) -> Bool {
        Self.daysAround(instant, zoneOffset).contains { day in
            collections(of: route, on: day).contains {
                $0.start.span(to: $0.end, of: day, offset: zoneOffset, contains: instant)
            }
        }
    }

    /// Whether a feeder is to give light at an instant.
    ///
    /// A night belongs to the day on whose evening it begins, so a new programme does not cut the
    /// night before its first day. Without a programme the feeder is lit from sunset to sunrise.
    /// - Parameters:
    ///   - feeder: code of the feeder.
    ///   - instant: the instant.
    ///   - zoneOffset: how far local time is ahead of UTC; seven hours in Vietnam.
    /// - Returns: nil when the feeder is not known, or when the sun decides and neither the village
    ///   nor the site of the feeder has a position.
    public func isLightingExpected(
        feeder: String,
        at instant: Instant,
        zoneOffset: Milliseconds
    ) -> Bool? {
        guard let registered = self.feeder(feeder) else { return nil }
        var isUnknown = false
        for day in Self.daysAround(instant, zoneOffset) {
            switch programme(of: feeder, on: day)?.switching {
            case .clock(let on, let off):
                if on.span(to: off, of: day, offset: zoneOffset, contains: instant) { return true }
            case .sun(let afterSunset, let beforeSunrise):
                let night = night(registered, day, instant, zoneOffset, afterSunset, beforeSunrise)
                if night == true { return true }
                if night == nil { isUnknown = true }
            case nil:
                let night = night(registered, day, instant, zoneOffset, 0, 0)
                if night == true { return true }
                if night == nil { isUnknown = true }
            }
        }
        return isUnknown ? nil : false
    }

    /// The local day of an instant and the one before, whose night or collection may still last.
    private static func daysAround(
        _ instant: Instant,
        _ zoneOffset: Milliseconds
    ) -> [CivilDate] {
        let today = CivilDate(instant, offset: zoneOffset)
        return [CivilDate(daysSince1970: today.daysSince1970 - 1), today]
    }

    /// Whether an instant lies in the night that begins on a day's evening, shortened at both ends.
    ///
    /// Seen from mean solar noon the sun is set from sunset to sunrise, so in the first half of the
    /// night it must have been set some minutes ago, in the second it must still be in some.
    private func night(
        _ feeder: Feeder,
        _ day: CivilDate,
        _ instant: Instant,
        _ zoneOffset: Milliseconds,
        _ minutesAfterSunset: Int,
        _ minutesBeforeSunrise: Int
    ) -> Bool? {
        let site = feeder.site.flatMap { self.site($0) }
        guard let position = village(feeder.village)?.position ?? site?.position else { return nil }
        // The Earth turns one degree in 4 minutes; noon is twelve hours after solar midnight.
        let solarOffset = Milliseconds(Int64((position.longitude * 240_000).rounded()))
        let solarNoon =
            CivilDate(instant - .hours(12), offset: solarOffset).midnight(offset: solarOffset)
            + .hours(12)
        guard CivilDate(solarNoon, offset: zoneOffset) == day else { return false }
        let sun = SolarPosition(latitude: position.latitude, longitude: position.longitude)
        if instant < solarNoon + .hours(12) {
            return sun.isNight(at: instant - .minutes(Int64(minutesAfterSunset)))
        }
        return sun.isNight(at: instant + .minutes(Int64(minutesBeforeSunrise)))
    }
}
