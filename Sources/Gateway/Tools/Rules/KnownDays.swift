internal import Knowledge
internal import Registry
internal import Telemetry

/// What the registry of a data folder knows on each day.
final class KnownDays {
    private let registry: RegistrySnapshot
    private let offset: Milliseconds
    private var last: (day: CivilDate, series: KnownSeries)?

    /// Zone where no settings say: that of Vietnam.
    static let usualOffset = Milliseconds.hours(7)

    /// Reads the registry; a folder without one knows nothing.
    ///
    /// - Throws: `RegistryError`, or what is wrong with a profile.
    init(_ folder: String, _ settings: GatewaySettings?) throws {
        registry = try .stored(inFolder: folder, profilesFolder: settings?.profilesFolder)
        offset = settings?.zoneOffset ?? Self.usualOffset
    }

    /// What is known on the day of a time.
    func series(at time: Instant) -> KnownSeries {
        let day = CivilDate(time, offset: offset)
        if let last, last.day == day { return last.series }
        let series = registry.knownSeries(zoneOffset: offset, on: day)
        last = (day, series)
        return series
    }

    /// The last millisecond of the day of a time.
    func endOfDay(at time: Instant) -> Instant {
        let day = CivilDate(time, offset: offset)
        let next = CivilDate(daysSince1970: day.daysSince1970 + 1)
        return next.midnight(offset: offset) - Milliseconds(1)
    }
}
