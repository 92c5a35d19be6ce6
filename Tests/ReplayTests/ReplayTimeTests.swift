import Replay
import Telemetry
import Testing

/// How times of records are read and moved.
struct ReplayTimeTests {
    private static func mapping(
        _ format: String,
        zone: String? = nil,
        topic: String = "t",
        more: String = ""
    ) -> String {
        """
        format: csv
        topic: "\(topic)"
        time:
          column: t
          format: "\(format)"
        \(zone.map { "  zone: \"\($0)\"" } ?? "")
        \(more)
        payload: {members: {time: {time: rfc3339}}}
        """
    }

    private static func rome(_ times: [String]) throws -> Playing {
        try Playing(
            "t\n" + times.joined(separator: "\n"),
            by: mapping("yyyy-MM-dd HH:mm", zone: "Europe/Rome")
        )
    }

    @Test func `a local hour that comes twice is the first, then the second`() throws {
        let playing = try Self.rome([
            "2021-10-31 01:00", "2021-10-31 02:00", "2021-10-31 02:30", "2021-10-31 02:00",
            "2021-10-31 02:30", "2021-10-31 03:00",
        ])
        #expect(
            playing.times == [
                "2021-10-30T23:00:00.000Z", "2021-10-31T00:00:00.000Z",
                "2021-10-31T00:30:00.000Z", "2021-10-31T01:00:00.000Z",
                "2021-10-31T01:30:00.000Z", "2021-10-31T02:00:00.000Z",
            ]
        )
        #expect(playing.faults.isEmpty)
    }

    @Test func `two devices that send at the same local time do not set the clock back`() throws {
        let rows = ["02:00,a", "02:00,b", "02:00,a", "02:00,b"].map { "2021-10-31 " + $0 }
        let playing = try Playing(
            "t,d\n" + rows.joined(separator: "\n"),
            by: Self.mapping("yyyy-MM-dd HH:mm", zone: "Europe/Rome", topic: "x/{d}")
        )
        let (first, second) = ("2021-10-31T00:00:00.000Z", "2021-10-31T01:00:00.000Z")
        #expect(playing.times == [first, first, second, second])
        #expect(playing.messages.map(\.topic) == ["x/a", "x/b", "x/a", "x/b"])
    }

    @Test func `a local hour that does not exist is a fault, and reading goes on`() throws {
        let playing = try Self.rome(["2021-03-28 01:59", "2021-03-28 02:00", "2021-03-28 03:00"])
        #expect(playing.times == ["2021-03-28T00:59:00.000Z", "2021-03-28T01:00:00.000Z"])
        #expect(playing.faults.count == 1)
        #expect(playing.faults.first?.hasPrefix("r:3:1: t: '2021-03-28 02:00' does not") == true)
    }

    @Test(arguments: [
        ("rfc3339", nil, "2026-01-02T03:04:05.5+07:00", "2026-01-01T20:04:05.500Z"),
        ("unix_s", nil, "1672867882.173", "2023-01-04T21:31:22.173Z"),
        ("unix_ms", nil, "1672867882173", "2023-01-04T21:31:22.173Z"),
        ("d/M/yyyy H:mm", "+07:00", "2/1/2026 9:05", "2026-01-02T02:05:00.000Z"),
        ("yyyyMMdd'T'HHmmss.SSS", "UTC", "20260102T030405.25", "2026-01-02T03:04:05.250Z"),
        ("yyyy-MM-ddTHH:mmXXX", nil, "2026-01-02T03:04-02:30", "2026-01-02T05:34:00.000Z"),
        ("yyyy-MM-dd", "Asia/Vientiane", "2026-01-02", "2026-01-01T17:00:00.000Z"),
    ])
    func `times are read by the format`(
        format: String,
        zone: String?,
        text: String,
        time: String
    ) throws {
        let playing = try Playing("t\n\(text)\n", by: Self.mapping(format, zone: zone))
        #expect(playing.times == [time], "\(playing.faults)")
    }

    @Test(arguments: [
        ("rfc3339", "2026-01-02T03:04:05"), ("unix_s", "nan"), ("unix_s", "0x10"),
        ("unix_ms", "9223372036854775807"), ("unix_ms", ""), ("unix_s", "1e300"),
    ])
    func `a time of another form makes the record a fault`(format: String, text: String) throws {
        let playing = try Playing("t,u\n\(text),1\n", by: Self.mapping(format))
        #expect(playing.messages.isEmpty)
        #expect(playing.faults.count == 1)
    }

    @Test func `minutes are counted from the start, through a change of clocks`() throws {
        let playing = try Playing(
            "t\n0\n60\n120.5\n",
            by: Self.mapping(
                "minutes_since",
                zone: "Europe/Rome",
                more: "  start: 2021-10-31T02:30"
            )
        )
        #expect(
            playing.times == [
                "2021-10-31T00:30:00.000Z", "2021-10-31T01:30:00.000Z",
                "2021-10-31T02:30:30.000Z",
            ]
        )
    }

    // Now is 2026-01-14T05:12:33Z.
    @Test(arguments: [
        ("1d12h", ["2021-01-02T12:00:00.000Z", "2021-01-03T18:00:00.000Z"]),
        ("-1h", ["2020-12-31T23:00:00.000Z", "2021-01-02T05:00:00.000Z"]),
        ("now", ["2026-01-12T23:12:33.000Z", "2026-01-14T05:12:33.000Z"]),
        ("from_now", ["2026-01-14T05:12:33.000Z", "2026-01-15T11:12:33.000Z"]),
        ("today", ["2026-01-12T00:00:00.000Z", "2026-01-13T06:00:00.000Z"]),
    ])
    func `a shift moves times and members`(shift: String, times: [String]) throws {
        let playing = try Playing(
            "t\n2021-01-01 00:00\nbad\n2021-01-02 06:00\n",
            by: Self.mapping("yyyy-MM-dd HH:mm", zone: "UTC", more: "  shift: \(shift)")
        )
        #expect(playing.times == times)
        #expect(playing.payloads == times.map { "{\"time\":\"\($0)\"}" })
        #expect(playing.faults.count == 1)
    }

    @Test func `sorted messages come by time, faults before them`() throws {
        let playing = try Playing(
            "t\n30\n10\nx\n20\n",
            by: Self.mapping("unix_s", more: "sort: true")
        )
        #expect(playing.messages.map(\.time.milliseconds) == [10_000, 20_000, 30_000])
        #expect(playing.faults.count == 1)
    }
}
