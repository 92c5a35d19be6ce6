import Telemetry
import Testing

@testable import Indicators

struct GridWindowTests {
    @Test func `the start is left out and the end is in`() {
        let parameters = GridParameters(window: .hours(1), step: .minutes(15))
        let window = GridWindow(end: Instant(milliseconds: 3_600_000), parameters)
        #expect(window.firstPoint.milliseconds == 900_000)
        #expect(window.lastPoint.milliseconds == 3_600_000)
        #expect(window.pointCount == 4)
        #expect(window.subquery == "[1h:15m]")
    }

    @Test func `points lie at multiples of the step wherever the end is`() {
        let parameters = GridParameters(window: .hours(1), step: .minutes(15))
        let window = GridWindow(end: Instant(milliseconds: 3_700_000), parameters)
        #expect(window.firstPoint.milliseconds == 900_000)
        #expect(window.lastPoint.milliseconds == 3_600_000)
        #expect(window.pointCount == 4)
    }

    @Test func `times before 1970 keep the grid`() {
        let parameters = GridParameters(window: .hours(1), step: .minutes(15))
        let window = GridWindow(end: Instant(milliseconds: -1), parameters)
        #expect(window.lastPoint.milliseconds == -900_000)
        #expect(window.pointCount == 4)
    }
}
