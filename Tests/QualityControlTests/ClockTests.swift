import QualityControl
import Telemetry
import Testing

@Suite struct ClockTests {
    private struct Device {
        var control = QualityControl()
        let place: QualityControl.Place

        init() throws {
            let made = control.clockPlace(of: "a")
            place = try #require(made)
        }

        mutating func hear(
            delay: Milliseconds,
            message: Int,
            isPossible: Bool = true
        ) -> Milliseconds? {
            let arrived = CheckedSeries.time(message * 15)
            return control.judgeClock(
                measured: arrived - delay,
                arrived: arrived,
                isPossible: isPossible,
                at: place
            )
        }
    }

    /// What is said of messages with these delays in a row.
    private static func said(_ delays: [Milliseconds]) throws -> [Milliseconds?] {
        var device = try Device()
        return delays.enumerated().map { device.hear(delay: $0.element, message: $0.offset) }
    }

    private static let soon = Milliseconds.seconds(20)

    @Test func `a clock is wrong when most of twenty messages are 5 minutes late`() throws {
        let delays =
            Array(repeating: Self.soon, count: 20)
            + Array(repeating: Milliseconds.minutes(6), count: 12)
        let said = try Self.said(delays)
        // Of ten late ones the median is half way between the two sorts of delay.
        #expect(said.prefix(30).allSatisfy { $0 == nil })
        #expect(said.suffix(2) == [.minutes(6), .minutes(6)])
        let few = try Self.said(Array(repeating: .hours(1), count: 19))
        #expect(few.allSatisfy { $0 == nil }, "nineteen messages say nothing")
    }

    @Test func `a clock that comes right is said once`() throws {
        let delays =
            Array(repeating: Milliseconds.hours(1), count: 20)
            + Array(repeating: Milliseconds.zero, count: 20)
        let said = try Self.said(delays)
        #expect(said.filter { $0 == .zero }.count == 1)
        #expect(said.last == .some(nil))
    }

    @Test func `one message from the future, or from 1970, is enough`() throws {
        let said = try Self.said([Milliseconds(-119_999), Milliseconds(-120_001), .zero])
        #expect(said == [nil, Milliseconds(-120_001), .zero])
        var device = try Device()
        let unset = device.hear(delay: .days(20_000), message: 0, isPossible: false)
        #expect(unset == .days(20_000))
    }

    @Test func `some late messages of a store and forward device are no wrong clock`() throws {
        let said = try Self.said((0..<200).map { $0 % 3 == 0 ? .hours(2) : .seconds(5) })
        #expect(said.allSatisfy { $0 == nil })
    }
}
