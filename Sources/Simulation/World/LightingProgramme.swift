internal import Telemetry

/// When the lamps of a circuit burn, and how bright.
struct LightingProgramme: Sendable {
    /// What switches the circuit.
    enum Mode: Sendable, Equatable {
        /// So many minutes after sunset, until so many minutes before sunrise.
        case sun(on: Int, off: Int)
        /// Local times as minutes of the day; off lies in the morning.
        case clock(on: Int, off: Int)
    }

    let mode: Mode
    /// Level from 23:00 to 05:00 in percent.
    let lateLevel: Int
    private let sun: SolarPosition
    private let zoneOffset: Milliseconds
    /// Switching times of the days of the simulation so far asked for, by day.
    private var known: (day: Int, off: Instant, on: Instant)?

    init(mode: Mode, lateLevel: Int, sun: SolarPosition, zoneOffset: Milliseconds) {
        self.mode = mode
        self.lateLevel = lateLevel
        self.sun = sun
        self.zoneOffset = zoneOffset
    }

    /// The level in percent at an instant: 0 by day.
    mutating func level(at instant: Instant) -> Int {
        let day = CivilDate(instant, offset: zoneOffset).daysSince1970
        let times: (day: Int, off: Instant, on: Instant)
        if let known, known.day == day {
            times = known
        } else {
            times = switching(day)
            known = times
        }
        guard instant < times.off || instant >= times.on else { return 0 }
        let midnight = CivilDate(daysSince1970: day).midnight(offset: zoneOffset)
        let isLate = instant < midnight + .hours(5) || instant >= midnight + .hours(23)
        return isLate ? lateLevel : 100
    }

    /// When a local day's morning ends the light, and its evening begins it.
    func switching(_ day: Int) -> (day: Int, off: Instant, on: Instant) {
        let midnight = CivilDate(daysSince1970: day).midnight(offset: zoneOffset)
        switch mode {
        case .clock(let on, let off):
            return (day, midnight + .minutes(Int64(off)), midnight + .minutes(Int64(on)))
        case .sun(let on, let off):
            let noon = midnight + .hours(12)
            let sunrise = crossing(dark: midnight, light: noon)
            let sunset = crossing(dark: midnight + .hours(24), light: noon)
            return (day, sunrise - .minutes(Int64(off)), sunset + .minutes(Int64(on)))
        }
    }

    /// The sun's rising or setting, to a second, by halving.
    private func crossing(dark: Instant, light: Instant) -> Instant {
        var dark = dark
        var light = light
        while abs((light - dark).count) > 1000 {
            let middle = dark + Milliseconds((light - dark).count / 2)
            if sun.isNight(at: middle) { dark = middle } else { light = middle }
        }
        return dark
    }
}
