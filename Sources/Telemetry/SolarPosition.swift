#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where the sun stands over a place: what "night" means when no lighting programme is loaded.
///
/// - Source: NOAA Global Monitoring Laboratory, "Solar Calculation Details", after Meeus,
///   Astronomical Algorithms (1991), chapters 24 and 27. Good to about 0.01° between 1901 and 2099.
public struct SolarPosition: Sendable {
    /// Latitude in degrees, north positive.
    public let latitude: Double
    /// Longitude in degrees, east positive.
    public let longitude: Double

    /// Elevation of the sun's centre at sunrise and sunset: refraction 34′ and half a disc 16′.
    public static let sunriseElevationDegrees = -0.833

    /// Creates the sun's positions over a place.
    public init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }

    /// Geometric elevation of the sun's centre above the horizon in degrees, without refraction.
    public func elevationDegrees(at instant: Instant) -> Double {
        // Julian centuries since J2000.0 (JD 2451545 = 946 728 000 s after 1970).
        let century = (instant.secondsSince1970 - 946_728_000) / 86_400 / 36_525
        let meanLongitude = 280.46646 + century * (36_000.76983 + century * 0.0003032)
        let meanAnomaly = 357.52911 + century * (35_999.05029 - 0.0001537 * century)
        let eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
        let centre =
            Self.sine(meanAnomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
            + Self.sine(2 * meanAnomaly) * (0.019993 - 0.000101 * century)
            + Self.sine(3 * meanAnomaly) * 0.000289
        let node = 125.04 - 1934.136 * century
        let apparentLongitude = meanLongitude + centre - 0.00569 - 0.00478 * Self.sine(node)
        let arcSeconds = 21.448 - century * (46.815 + century * (0.00059 - century * 0.001813))
        let obliquity = 23 + (26 + arcSeconds / 60) / 60 + 0.00256 * Self.cosine(node)
        let declination = asin(Self.sine(obliquity) * Self.sine(apparentLongitude))

        let half = tan(Self.radians(obliquity / 2))
        let tangent = half * half
        let equationOfTimeMinutes =
            4 * 180 / Double.pi
            * (tangent * Self.sine(2 * meanLongitude) - 2 * eccentricity * Self.sine(meanAnomaly)
                + 4 * eccentricity * tangent * Self.sine(meanAnomaly)
                * Self.cosine(2 * meanLongitude)
                - 0.5 * tangent * tangent * Self.sine(4 * meanLongitude)
                - 1.25 * eccentricity * eccentricity * Self.sine(2 * meanAnomaly))
        let utcMinutes =
            Double(CivilDate.positiveRemainder(instant.milliseconds, 86_400_000)) / 60_000
        let solarMinutes = utcMinutes + equationOfTimeMinutes + 4 * longitude
        let hourAngle = solarMinutes / 4 - 180
        let sineElevation =
            Self.sine(latitude) * sin(declination)
            + Self.cosine(latitude) * cos(declination) * Self.cosine(hourAngle)
        return asin(max(-1, min(1, sineElevation))) * 180 / Double.pi
    }

    /// Whether the sun is below the horizon as an observer sees it.
    public func isNight(at instant: Instant) -> Bool {
        elevationDegrees(at: instant) < Self.sunriseElevationDegrees
    }

    private static func radians(_ degrees: Double) -> Double { degrees * Double.pi / 180 }
    private static func sine(_ degrees: Double) -> Double { sin(radians(degrees)) }
    private static func cosine(_ degrees: Double) -> Double { cos(radians(degrees)) }
}

extension CivilDate {
    static func positiveRemainder(_ value: Int64, _ divisor: Int64) -> Int64 {
        let remainder = value % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
