import Telemetry
import TestKit
import Testing

struct InstantTests {
    @Test func `a time is read and written as RFC 3339`() throws {
        let instant = try #require(Instant(rfc3339: "2025-07-01T06:30:00.250+07:00"))
        #expect(instant.milliseconds == 1_751_326_200_250)
        #expect(instant.rfc3339 == "2025-06-30T23:30:00.250Z")
        #expect(instant.rfc3339(offset: .hours(7)) == "2025-07-01T06:30:00.250+07:00")
    }

    @Test(arguments: [
        "", "2025", "2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-07-01T24:30:00Z",
        "2025-07-01T06:30:00", "2025-07-01T06:30:00+0", "yesterday",
    ])
    func `a text that is no RFC 3339 time is refused`(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test func `writing then reading gives the same instant`() {
        var random = SeededGenerator(seed: 20_251_124)
        print("seed \(random.seed)")
        for _ in 0..<2000 {
            let instant = Instant(
                milliseconds: Int64.random(
                    in: -62_135_596_800_000...253_402_300_799_999,
                    using: &random
                )
            )
            #expect(Instant(rfc3339: instant.rfc3339) == instant)
            let shift = Milliseconds.minutes(Int64.random(in: -720...840, using: &random))
            if (1...9998).contains(CivilDate(instant).year) {
                #expect(Instant(rfc3339: instant.rfc3339(offset: shift)) == instant)
            }
        }
    }

    @Test func `sums saturate at the ends of time`() {
        #expect(Instant.distantFuture + .days(1) == .distantFuture)
        #expect(Instant.distantPast - .days(1) == .distantPast)
        #expect(Instant(secondsSince1970: .nan) == nil)
        #expect(Instant(secondsSince1970: .infinity) == nil)
        #expect(Instant(secondsSince1970: 1e300) == nil)
    }
}
