import PromQL
import Telemetry
import Testing

/// How far back an instant selector looks for devices that report seldom.
@Suite struct SlowSensorTests {
    /// A source that knows how often two devices report.
    private struct Devices: SeriesSource {
        var base = MemorySeriesSource()

        func select(
            _ matchers: [LabelMatcher],
            in range: ClosedRange<Instant>
        ) -> [SeriesReference] { base.select(matchers, in: range) }

        func read(
            _ series: SeriesID,
            in range: ClosedRange<Instant>,
            into buffer: inout SampleBuffer
        ) { base.read(series, in: range, into: &buffer) }

        func reportingInterval(of series: SeriesReference) -> Milliseconds? {
            switch series.labels["device"] {
            case "meter": .hours(6)
            case "lamp": .minutes(1)
            case "yearly": .days(365)
            default: nil
            }
        }

        func labelNames(in range: ClosedRange<Instant>) -> [String] { [] }
        func labelValues(of name: String, in range: ClosedRange<Instant>) -> [String] { [] }

        mutating func add(_ device: String, at times: [Milliseconds], value: Double = 7) {
            for time in times {
                base.append(
                    Labels(metric: "level", ["device": device]),
                    Sample(time: Instant(milliseconds: 0) + time, value: value)
                )
            }
        }
    }

    private static func source() -> Devices {
        var source = Devices()
        for device in ["meter", "lamp", "yearly", "unknown"] {
            source.add(device, at: [.hours(24)])
        }
        return source
    }

    private func devices(
        at time: Milliseconds,
        _ source: Devices = source(),
        longest: Milliseconds? = .days(2)
    ) throws -> [String] {
        var engine = QueryEngine()
        engine.longestLookback = longest
        let expression = try PromQLParser.parse("level")
        let at = Instant(milliseconds: 0) + time
        guard case .vector(let found) = try engine.instant(expression, at: at, source: source)
        else { return [] }
        // A range query over steps before and behind sees the same at this time.
        let range = try engine.range(
            expression,
            from: at - .hours(1),
            to: at + .hours(1),
            step: .hours(1),
            source: source
        )
        let names = found.compactMap { $0.labels["device"] }.sorted()
        let atSame = range.filter { $0.samples.contains { $0.time == at } }
        #expect(atSame.compactMap { $0.labels["device"] }.sorted() == names)
        return names
    }

    @Test func `a device's last report counts for two of its intervals`() throws {
        let all = ["lamp", "meter", "unknown", "yearly"]
        #expect(try devices(at: .hours(24)) == all)
        #expect(try devices(at: .hours(24) + .minutes(5) - Milliseconds(1)) == all)
        #expect(try devices(at: .hours(24) + .minutes(5)) == ["meter", "yearly"])
        #expect(try devices(at: .hours(36) - Milliseconds(1)) == ["meter", "yearly"])
        #expect(try devices(at: .hours(36)) == ["yearly"])
    }

    @Test func `it counts no longer than the longest lookback`() throws {
        #expect(try devices(at: .hours(72) - Milliseconds(1)) == ["yearly"])
        #expect(try devices(at: .hours(72)).isEmpty)
        #expect(try devices(at: .hours(25), longest: .minutes(30)).isEmpty)
        #expect(try devices(at: .hours(24) + .minutes(29), longest: .minutes(30)).count == 2)
    }

    @Test func `without it only the lookback counts, as in Prometheus`() throws {
        #expect(try devices(at: .hours(24) + .minutes(4), longest: nil).count == 4)
        #expect(try devices(at: .hours(24) + .minutes(5), longest: nil).isEmpty)
        // Shorter than the lookback it shortens nothing.
        #expect(try devices(at: .hours(24) + .minutes(4), longest: .minutes(1)).count == 4)
    }

    @Test func `a marker of the end ends a slow device's series at once`() throws {
        var source = Self.source()
        let marker = Double(bitPattern: 0x7FF0_0000_0000_0002)
        source.add("meter", at: [.hours(25)], value: marker)
        #expect(try devices(at: .hours(25) - Milliseconds(1), source) == ["meter", "yearly"])
        #expect(try devices(at: .hours(25), source) == ["yearly"])
    }

    @Test func `a modifier moves what is looked back from`() throws {
        var engine = QueryEngine()
        engine.longestLookback = .days(2)
        let expression = try PromQLParser.parse("count(level offset 4h)")
        let at = Instant(milliseconds: 0) + .hours(39)
        let value = try engine.instant(expression, at: at, source: Self.source())
        guard case .vector(let found) = value else { return #expect(Bool(false)) }
        #expect(found.map(\.sample.value) == [2])
    }
}
