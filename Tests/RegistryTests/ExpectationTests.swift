import Registry
import Telemetry
import Testing

/// When light and collections are expected; all times are local times of Vietnam.
struct ExpectationTests {
    private func isLit(_ feeder: String, _ date: String, _ time: String) throws -> Bool? {
        try SmallFolder.database().snapshot().isLightingExpected(
            feeder: feeder,
            at: try SmallFolder.local(date, time),
            zoneOffset: .hours(7)
        )
    }

    private func isPlanned(_ date: String, _ time: String) throws -> Bool {
        try SmallFolder.database().snapshot().isCollectionPlanned(
            route: "r1",
            at: try SmallFolder.local(date, time),
            zoneOffset: .hours(7)
        )
    }

    @Test(arguments: [
        ("17:59", false), ("18:00", true), ("23:59", true), ("00:00", true), ("05:29", true),
        ("05:30", false), ("12:00", false),
    ])
    func `a clock programme passes midnight`(time: String, expected: Bool) throws {
        #expect(try isLit("f1", "2025-06-15", time) == expected)
    }

    @Test func `a programme begins on the evening of its first day`() throws {
        // The night before 2026-03-01 is the old programme's until 05:30.
        #expect(try isLit("f1", "2026-03-01", "05:29") == true)
        #expect(try isLit("f1", "2026-03-01", "05:31") == false)
        #expect(try isLit("f1", "2024-12-31", "12:00") == false)
        let snapshot = try SmallFolder.database().snapshot()
        #expect(snapshot.programme(of: "f1", on: try SmallFolder.day("2024-12-31")) == nil)
        let programme = snapshot.programme(of: "f1", on: try SmallFolder.day("2026-03-01"))
        #expect(
            programme?.switching == .sun(minutesAfterSunset: 15, minutesBeforeSunrise: -10)
        )
    }

    /// Each minute of a night is compared with the sun's own elevation, shifted by the offsets.
    @Test func `a sun programme switches so many minutes from sunset and sunrise`() throws {
        let snapshot = try SmallFolder.database().snapshot()
        let sun = SolarPosition(latitude: 21.51, longitude: 107.49)
        let noon = try SmallFolder.local("2026-06-15", "12:00")
        var switchings: [Int64] = []
        var crossings: [Int64] = []
        for minute in Int64(0)..<1440 {
            let now = noon + .minutes(minute)
            let lit = snapshot.isLightingExpected(feeder: "f1", at: now, zoneOffset: .hours(7))
            let before = snapshot.isLightingExpected(
                feeder: "f1",
                at: now - .minutes(1),
                zoneOffset: .hours(7)
            )
            if lit != before { switchings.append(minute) }
            if sun.isNight(at: now) != sun.isNight(at: now - .minutes(1)) {
                crossings.append(minute)
            }
        }
        #expect(crossings.count == 2)
        // 15 minutes after sunset; and 10 after sunrise, for the offset before it is negative.
        #expect(switchings == [(crossings.first ?? 0) + 15, (crossings.last ?? 0) + 10])
    }

    @Test func `a feeder without a programme follows the sun through every minute of a year`()
        throws
    {
        let snapshot = try SmallFolder.database().snapshot()
        let sun = SolarPosition(latitude: 21.58, longitude: 107.46)
        let start = try SmallFolder.local("2026-01-01", "00:00")
        for step in Int64(0)..<(365 * 24 * 6) {
            let now = start + .minutes(step * 10)
            let lit = snapshot.isLightingExpected(feeder: "f2", at: now, zoneOffset: .hours(7))
            if lit != sun.isNight(at: now) { Issue.record("differs at \(now)") }
        }
    }

    @Test func `without a position only a clock can say when light is expected`() throws {
        #expect(try isLit("f3", "2026-06-15", "23:00") == nil)
        #expect(try isLit("no-such-feeder", "2026-06-15", "23:00") == nil)
        let snapshot = RegistrySnapshot(
            villages: [.init(code: "v", name: "V")],
            feeders: [.init(code: "f", name: "F", village: "v")],
            lightingProgrammes: [
                .init(
                    feeder: "f",
                    from: try SmallFolder.day("2020-01-01"),
                    switching: .clock(
                        on: try #require(.init("00:30")),
                        off: try #require(.init("04:00"))
                    )
                )
            ]
        )
        for (time, expected) in [("00:29", false), ("00:30", true), ("04:00", false)] {
            let now = try SmallFolder.local("2026-06-15", time)
            #expect(
                snapshot.isLightingExpected(feeder: "f", at: now, zoneOffset: .hours(7)) == expected
            )
        }
    }

    @Test(arguments: [
        ("2026-01-05", "04:59", false), ("2026-01-05", "05:00", true),
        ("2026-01-05", "07:29", true), ("2026-01-05", "07:30", false),
        ("2026-01-06", "06:00", false), ("2026-01-07", "06:00", true),
        ("2025-12-31", "06:00", false),
    ])
    func `a collection is planned on its weekdays between its times`(
        date: String,
        time: String,
        expected: Bool
    ) throws {
        #expect(try isPlanned(date, time) == expected)
    }

    @Test func `a collection that passes midnight belongs to the day on which it begins`() throws {
        #expect(try isPlanned("2026-01-10", "23:00"))
        #expect(try isPlanned("2026-01-11", "00:59"))
        #expect(try !isPlanned("2026-01-11", "01:00"))
        #expect(try !isPlanned("2026-01-10", "00:30"))
        // The calendar ends with 2026-06-30; its last Saturday is the 27th.
        #expect(try isPlanned("2026-06-28", "00:30"))
        #expect(try !isPlanned("2026-07-04", "23:00"))
    }
}
