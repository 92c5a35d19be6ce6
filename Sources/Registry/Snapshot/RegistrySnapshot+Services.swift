public import Telemetry

extension RegistrySnapshot {
    /// A circuit of street lighting that is switched as one.
    public struct Feeder: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// Its name, as it was given.
        public let name: String
        /// Code of its village.
        public let village: String
        /// Code of the site of its cabinet; nil when not known.
        public let site: String?

        /// Creates a feeder.
        public init(
            code: String,
            name: String,
            village: String,
            site: String? = nil
        ) {
            self.code = code
            self.name = name
            self.village = village
            self.site = site
        }
    }

    /// When a feeder is switched.
    public enum Switching: Hashable, Sendable {
        /// From so many minutes after sunset to so many before sunrise; negative ones lie on the
        /// other side of it.
        case sun(minutesAfterSunset: Int, minutesBeforeSunrise: Int)
        /// From a time of day to the next such time, past midnight when it is the earlier one.
        case clock(on: ClockTime, off: ClockTime)
    }

    /// When a feeder is to give light, from a day on.
    public struct LightingProgramme: Hashable, Sendable {
        /// Code of the feeder.
        public let feeder: String
        /// Day on whose evening it begins; it ends where a later one of the feeder begins.
        public let from: CivilDate
        /// When the feeder is switched.
        public let switching: Switching

        /// Creates a programme.
        public init(
            feeder: String,
            from: CivilDate,
            switching: Switching
        ) {
            self.feeder = feeder
            self.from = from
            self.switching = switching
        }
    }

    /// A route of waste collection.
    public struct Route: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// Its name, as it was given.
        public let name: String

        /// Creates a route.
        public init(
            code: String,
            name: String
        ) {
            self.code = code
            self.name = name
        }
    }

    /// When a route is collected, for a span of days.
    public struct Collection: Hashable, Sendable {
        /// Code of the route.
        public let route: String
        /// Days of the week, from Monday on; never empty.
        public let weekdays: [Weekday]
        /// When the collection begins.
        public let start: ClockTime
        /// When it ends; on the next day when not later than the start.
        public let end: ClockTime
        /// First day of the calendar.
        public let from: CivilDate
        /// Last day of the calendar; nil while it lasts.
        public let to: CivilDate?

        /// Creates a collection.
        public init(
            route: String,
            weekdays: [Weekday],
            start: ClockTime,
            end: ClockTime,
            from: CivilDate,
            to: CivilDate? = nil
        ) {
            self.route = route
            self.weekdays = weekdays
            self.start = start
            self.end = end
            self.from = from
            self.to = to
        }
    }
}
