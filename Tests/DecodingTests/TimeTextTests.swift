import Telemetry
import TestKit
import Testing

@testable import Decoding

/// Times as devices write them, and the zones that local ones need.
struct TimeTextTests {
    private static func read(_ text: String) -> TimeText? {
        let bytes = Array(text.utf8)
        return TimeText(bytes, 0..<bytes.count)
    }

    @Test(arguments: [
        ("2026-01-14T05:12:33Z", 1_768_367_553_000),
        ("2026-01-14 12:12:33+07:00", 1_768_367_553_000),
        ("2026-01-14T05:12:33.4019Z", 1_768_367_553_402),
        ("2026-01-14T05:12:33.9999Z", 1_768_367_554_000),
        ("2026-01-13T22:12:33-0700", 1_768_367_553_000), ("2026-01-14T05:12Z", 1_768_367_520_000),
        ("1970-01-01T00:00:00Z", 0), ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ])
    func `times with an offset are instants`(text: String, milliseconds: Int64) {
        #expect(Self.read(text) == .absolute(Instant(milliseconds: milliseconds)))
    }

    @Test func `times without offset are local, a date alone is midnight`() {
        #expect(Self.read("1970-01-02") == .local(86_400_000))
        #expect(Self.read("1970-01-01 00:01") == .local(60_000))
        #expect(Self.read("1970-01-01T00:00:01.5") == .local(1500))
    }

    @Test(arguments: [
        "", "now", "2026-02-30T00:00:00Z", "2026-1-14", "2026-01-14T25:00:00Z",
        "2026-01-14T05:12:33.Z", "2026-01-14T05:12:33+7", "2026-01-14T05:12:33Zx",
        "20260114T051233Z",
        "2026-01-14T", "2026-01-14T05:60Z",
    ])
    func `anything else is no time`(text: String) {
        #expect(Self.read(text) == nil)
    }

    @Test func `instants are read as Telemetry reads them`() throws {
        var generator = SeededGenerator(seed: 9)
        print("seed \(generator.seed)")
        for _ in 0..<500 {
            let instant = Instant(
                milliseconds: Int64.random(in: 0..<4_000_000_000_000, using: &generator)
            )
            let minutes = Int64.random(in: -840...840, using: &generator)
            let text = instant.rfc3339(offset: .minutes(minutes))
            #expect(Self.read(text) == .absolute(instant))
            #expect(Instant(rfc3339: text) == instant)
        }
    }

    private static func instant(_ text: String) -> Instant {
        Instant(rfc3339: text) ?? .distantPast
    }

    @Test func `Rome changes its clocks on the last Sundays of March and October`() throws {
        let zone = try #require(TimeZoneRule("CET-1CEST,M3.5.0,M10.5.0/3"))
        func offset(_ text: String) -> Milliseconds { zone.offset(at: Self.instant(text)) }
        #expect(offset("2021-03-28T00:59:59Z") == .hours(1))
        #expect(offset("2021-03-28T01:00:00Z") == .hours(2))
        #expect(offset("2021-10-31T00:59:59Z") == .hours(2))
        #expect(offset("2021-10-31T01:00:00Z") == .hours(1))
    }

    @Test func `Melbourne has summer in January`() throws {
        let zone = try #require(TimeZoneRule("AEST-10AEDT,M10.1.0,M4.1.0/3"))
        #expect(zone.offset(at: Self.instant("2026-01-14T00:00:00Z")) == .hours(11))
        #expect(zone.offset(at: Self.instant("2021-04-03T15:59:59Z")) == .hours(11))
        #expect(zone.offset(at: Self.instant("2021-04-03T16:00:00Z")) == .hours(10))
        #expect(zone.offset(at: Self.instant("2021-10-02T16:00:00Z")) == .hours(11))
    }

    @Test func `the hour that comes twice is the later one that is not ahead of us`() throws {
        let zone = try #require(TimeZoneRule("CET-1CEST,M3.5.0,M10.5.0/3"))
        guard case .local(let local) = try #require(Self.read("2021-10-31T02:30")) else { return }
        let first = Self.instant("2021-10-31T00:30:00Z")
        let second = Self.instant("2021-10-31T01:30:00Z")
        #expect(zone.instant(local: local, latest: first + .minutes(5)) == first)
        #expect(zone.instant(local: local, latest: second + .minutes(5)) == second)
        #expect(zone.instant(local: local, latest: .distantFuture) == second)
        guard case .local(let gap) = try #require(Self.read("2021-03-28T02:30")) else { return }
        #expect(
            zone.instant(local: gap, latest: .distantFuture).rfc3339(offset: .hours(2))
                == "2021-03-28T03:30:00.000+02:00"
        )
    }

    @Test func `local times of each half hour of a year lead back to themselves`() throws {
        for text in ["CET-1CEST,M3.5.0,M10.5.0/3", "AEST-10AEDT,M10.1.0,M4.1.0/3", "+07:00"] {
            let zone = try #require(TimeZoneRule(text))
            var instant = Self.instant("2024-01-01T00:00:00Z")
            while instant < Self.instant("2025-01-01T00:00:00Z") {
                let local = instant + zone.offset(at: instant)
                let back = zone.instant(local: local.milliseconds, latest: instant + .minutes(5))
                #expect(back == instant)
                instant = instant + .minutes(30)
            }
        }
    }

    @Test(arguments: [
        "", "CET", "+7", "+07:60", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,J60,J300", "CET-1CEST,M3.5.0,M10.5.0x", "Europe/Rome", "<+07-7",
    ])
    func `a rule of another form is none`(text: String) {
        #expect(TimeZoneRule(text) == nil)
    }

    @Test func `offsets and names are read`() {
        #expect(TimeZoneRule("Z")?.standardOffset == .zero)
        #expect(TimeZoneRule("-07:00")?.standardOffset == .hours(-7))
        #expect(TimeZoneRule("<+07>-7")?.standardOffset == .hours(7))
        #expect(TimeZoneRule("ICT-7")?.standardOffset == .hours(7))
    }
}
