import Telemetry
import Testing

struct CivilDateTests {
    @Test func `days since 1970 and back give the same date, each day of four centuries`() throws {
        var previous: CivilDate?
        for day in -60_000...90_000 {
            let date = CivilDate(daysSince1970: day)
            #expect(date.daysSince1970 == day)
            if let previous { #expect(previous < date) }
            previous = date
        }
    }

    @Test func `the day of a village begins at its own midnight`() throws {
        let date = try #require(CivilDate("2025-07-01"))
        #expect(date.midnight(offset: .hours(7)).rfc3339 == "2025-06-30T17:00:00.000Z")
        #expect(CivilDate(date.midnight(offset: .hours(7)), offset: .hours(7)) == date)
    }

    @Test(arguments: ["2025-02-29", "2025-00-10", "25-01-01", "2025-1-1", "2025-01-32", ""])
    func `a date that does not exist is refused`(text: String) {
        #expect(CivilDate(text) == nil)
    }
}
