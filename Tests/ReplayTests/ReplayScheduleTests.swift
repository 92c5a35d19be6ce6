import Replay
import Telemetry
import Testing

struct ReplayScheduleTests {
    private static func instant(_ seconds: Int64) -> Instant {
        Instant(milliseconds: seconds * 1000)
    }

    @Test func `at the pace recorded waits are the gaps less what has passed`() {
        var schedule = ReplaySchedule(pace: .recorded, first: Self.instant(100))
        #expect(schedule.wait(before: Self.instant(100), elapsed: .zero) == .zero)
        #expect(schedule.wait(before: Self.instant(160), elapsed: .seconds(1)) == .seconds(59))
        #expect(schedule.wait(before: Self.instant(170), elapsed: .seconds(65)) == .seconds(5))
    }

    @Test func `a factor divides the gaps`() {
        var schedule = ReplaySchedule(pace: .times(1000), first: Self.instant(0))
        #expect(
            schedule.wait(before: Self.instant(60), elapsed: .zero) == .milliseconds(60)
        )
        var slow = ReplaySchedule(pace: .times(0.5), first: Self.instant(0))
        #expect(slow.wait(before: Self.instant(60), elapsed: .zero) == .seconds(120))
    }

    @Test func `a wait is never negative, and messages out of order are due at once`() {
        var schedule = ReplaySchedule(pace: .recorded, first: Self.instant(100))
        #expect(schedule.wait(before: Self.instant(110), elapsed: .seconds(50)) == .zero)
        #expect(schedule.wait(before: Self.instant(105), elapsed: .seconds(50)) == .zero)
        #expect(schedule.wait(before: Self.instant(155), elapsed: .seconds(50)) == .seconds(5))
    }

    @Test func `without a pace nothing waits`() {
        var schedule = ReplaySchedule(pace: .unpaced, first: Self.instant(0))
        #expect(schedule.wait(before: Self.instant(1_000_000), elapsed: .zero) == .zero)
    }

    @Test func `a gap is cut to the longest wait, and what lies behind moves up`() {
        var schedule = ReplaySchedule(
            pace: .recorded,
            first: Self.instant(0),
            longestWait: .seconds(10)
        )
        #expect(schedule.wait(before: Self.instant(1000), elapsed: .zero) == .seconds(10))
        #expect(
            schedule.wait(before: Self.instant(1005), elapsed: .seconds(10)) == .seconds(5)
        )
    }

    @Test func `the longest gap that can be written does not trap`() {
        var schedule = ReplaySchedule(
            pace: .times(ReplayPace.factors.lowerBound),
            first: .distantPast
        )
        #expect(schedule.wait(before: .distantFuture, elapsed: .zero) > .zero)
    }
}

struct ReplayPaceTests {
    @Test(arguments: [
        ("1", ReplayPace.recorded), ("1.0", .recorded), ("1000", .times(1000)),
        ("0.5", .times(0.5)), ("max", .unpaced),
    ])
    func `a pace is read from its text`(text: String, pace: ReplayPace) {
        #expect(ReplayPace(text) == pace)
        #expect(ReplayPace(pace.description) == pace)
    }

    @Test(arguments: ["", "0", "-1", "fast", "nan", "inf", "1e9", "x2", "0x10"])
    func `anything else is no pace`(text: String) {
        #expect(ReplayPace(text) == nil)
    }
}
