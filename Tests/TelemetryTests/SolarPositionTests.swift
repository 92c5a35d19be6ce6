import Telemetry
import Testing

struct SolarPositionTests {
    /// Bình Liêu town, Quảng Ninh.
    let place = SolarPosition(latitude: 21.53, longitude: 107.40)

    @Test func `the sun stands highest at local noon and lowest at midnight`() throws {
        // On 2025-06-21 the declination is 23.44°, so the noon height is
        // 90 − |21.53 − 23.44| = 88.1°.
        let noon = try #require(Instant(rfc3339: "2025-06-21T11:52:00+07:00"))
        #expect(abs(place.elevationDegrees(at: noon) - 88.1) < 0.2)
        #expect(!place.isNight(at: noon))
        let midnight = noon + .hours(12)
        // 21.53 + 23.44 − 90.
        #expect(abs(place.elevationDegrees(at: midnight) + 45.03) < 0.2)
        #expect(place.isNight(at: midnight))
    }

    @Test func `day and night change twice a day`() throws {
        let start = try #require(Instant(rfc3339: "2025-12-01T00:00:00+07:00"))
        var changes = 0
        for minute in 0..<1440 {
            let now = start + .minutes(Int64(minute))
            if place.isNight(at: now) != place.isNight(at: now + .minutes(1)) { changes += 1 }
        }
        #expect(changes == 2)
    }
}
