import Knowledge
import PromQL
import Telemetry
import Testing

@Suite struct KnownSourceTests {
    private static let start = Instant(milliseconds: 1_773_075_600_000)

    private static func minute(_ minutes: Int64) -> Instant { start + .minutes(minutes) }

    private func source(
        _ series: [ComputedSeries],
        beats: [Int64] = [],
        now: Int64 = 1_000
    ) -> KnownSource<MemorySeriesSource> {
        var base = MemorySeriesSource()
        for minutes in beats {
            let time = Self.minute(minutes)
            base.append(
                ["__name__": "beat", "device": "d"],
                Sample(time: time, value: time.secondsSince1970)
            )
        }
        return KnownSource(base, KnownSeries(series), now: Self.minute(now))
    }

    private func values(
        _ expression: String,
        at minutes: Int64,
        in source: some SeriesSource
    ) throws -> [Double] {
        let parsed = try PromQLParser.parse(expression)
        let value = try QueryEngine().instant(parsed, at: Self.minute(minutes), source: source)
        guard case .vector(let elements) = value else { return [] }
        return elements.map(\.sample.value)
    }

    @Test func `a constant is there at every minute and not in the future`() throws {
        let source = source([.constant(["__name__": "limit", "device": "d"], 0.8)])
        #expect(try values("limit", at: 10, in: source) == [0.8])
        #expect(try values("count_over_time(limit[10m])", at: 100, in: source) == [10])
        #expect(try values("limit", at: 2_000, in: source) == [])
    }

    @Test func `a marker in the place of a message is none`() throws {
        var base = MemorySeriesSource()
        for minute in [0, 10] as [Int64] {
            let bits = minute == 10 ? Sample.staleMarkerBits : (1.0).bitPattern
            let value = Double(bitPattern: bits)
            base.append(
                ["__name__": "beat", "device": "d"],
                Sample(time: Self.minute(minute), value: value)
            )
        }
        let beat: Labels = ["__name__": "beat", "device": "d"]
        let last = ComputedSeries.heartbeat(["__name__": "last"], of: beat, now: beat, .lastMessage)
        let source = KnownSource(base, KnownSeries([last]), now: Self.minute(60))
        #expect(
            try values("last", at: 20, in: source) == [Self.minute(0).secondsSince1970]
        )
    }

    @Test func `a device reports as often as the last of its installations says`() throws {
        let name = ComputedSeries.expectedIntervalName
        let labels: Labels = ["__name__": name, "device": "d", "source": "profile"]
        let known = KnownSeries([
            ComputedSeries.constant(labels, 60).limited(from: nil, until: Self.minute(10)),
            ComputedSeries.constant(labels, 3600).limited(from: Self.minute(10), until: nil),
        ])
        let source = KnownSource(MemorySeriesSource(), known, now: Self.minute(60))
        let series = SeriesReference(id: SeriesID(0), labels: ["__name__": "x", "device": "d"])
        #expect(source.reportingInterval(of: series) == .hours(1))
    }

    @Test func `a function of time is asked at whole minutes and may leave gaps`() throws {
        let series = ComputedSeries.function(["__name__": "night"]) { time in
            time < Self.minute(60) ? nil : (time - Self.start).seconds / 60
        }
        let source = source([series])
        #expect(try values("night", at: 59, in: source) == [])
        #expect(try values("night", at: 61, in: source) == [61])
        #expect(try values("night offset 30m", at: 100, in: source) == [70])
    }

    @Test func `a series that is limited is there from one instant on and before another`() throws {
        let constant = ComputedSeries.constant(["__name__": "limit", "device": "d"], 0.8)
        let source = source([
            constant.limited(from: nil, until: Self.minute(100)),
            constant.limited(from: Self.minute(100), until: Self.minute(200)),
        ])
        #expect(try values("limit", at: 10, in: source) == [0.8])
        let count = "count_over_time(limit[10m])"
        #expect(try values(count, at: 99, in: source) == [10])
        #expect(try values(count, at: 105, in: source).sorted() == [4, 6])
        #expect(try values("limit", at: 199, in: source) == [0.8])
        #expect(try values(count, at: 205, in: source) == [4])
        #expect(try values("limit", at: 210, in: source) == [])
        let all = LabelMatcher("device", .equal("d"))
        let found = try source.select([all], in: Self.minute(0)...Self.minute(50))
        #expect(found.count == 1)
    }

    @Test func `the last message holds however long ago it was`() throws {
        let labels: Labels = ["__name__": "last", "device": "d"]
        let beat: Labels = ["__name__": "beat", "device": "d"]
        let series = [
            ComputedSeries.heartbeat(labels, of: beat, now: beat, .lastMessage),
            .heartbeat(["__name__": "up"], of: beat, now: beat, .isUp(within: .minutes(30))),
        ]
        let source = source(series, beats: [5, 20, 9_000], now: 20_000)
        #expect(try values("last", at: 3, in: source) == [])
        #expect(try values("time() - last", at: 8, in: source) == [180])
        #expect(try values("up", at: 50, in: source) == [1])
        #expect(try values("up", at: 51, in: source) == [0])
        #expect(try values("time() - last", at: 8_000, in: source) == [7_980 * 60])
        #expect(try values("sum_over_time(up[1h])", at: 70, in: source) == [40])
        #expect(try values("up", at: 9_001, in: source) == [1])
    }

    @Test func `a device that came to another commune spoke all the same`() throws {
        let common: Labels = ["__name__": "beat", "device": "d"]
        let (before, after) = (
            common.setting("commune", to: "a"), common.setting("commune", to: "b")
        )
        let up = ComputedSeries.heartbeat(
            ["__name__": "up"],
            of: common,
            now: after,
            .isUp(within: .minutes(30))
        )
        let other: Labels = ["__name__": "beat", "device": "e"]
        var stored = MemorySeriesSource()
        let source = { (stored: MemorySeriesSource) in
            KnownSource(stored, KnownSeries([up]), now: Self.minute(1_000))
        }
        stored.append(other, Sample(time: Self.minute(500), value: 0))
        stored.append(before, Sample(time: Self.minute(100), value: 0))
        #expect(try values("up", at: 120, in: source(stored)) == [1], "not heard in its new place")
        stored.append(after, Sample(time: Self.minute(125), value: 0))
        let moved = source(stored)
        #expect(try values("up", at: 150, in: moved) == [1])
        #expect(try values("up", at: 156, in: moved) == [0])
        #expect(try values("count_over_time(up[1h])", at: 140, in: moved) == [41])
        #expect(try values("up", at: 510, in: moved) == [0], "another device spoke")
    }

    @Test func `a late message corrects what was said before`() throws {
        let beat: Labels = ["__name__": "beat", "device": "d"]
        let up = ComputedSeries.heartbeat(
            ["__name__": "up"],
            of: beat,
            now: beat,
            .isUp(within: .hours(1))
        )
        let series = [up]
        #expect(try values("up", at: 100, in: source(series, beats: [5])) == [0])
        #expect(try values("up", at: 100, in: source(series, beats: [5, 90])) == [1])
    }

    @Test func `series that the gateway gives seldom are seen until two samples are missing`()
        throws
    {
        var base = MemorySeriesSource()
        for name in ["state", "other"] {
            base.append(["__name__": name], Sample(time: Self.start, value: 1))
        }
        let known = KnownSeries([], ownIntervals: ["state": .minutes(10)])
        let source = KnownSource(base, known, now: Self.minute(100))
        var engine = QueryEngine()
        engine.longestLookback = .hours(1)
        func count(_ name: String, at minutes: Int64) throws -> Int {
            let expression = try PromQLParser.parse(name)
            let at = Self.minute(minutes)
            let value = try engine.instant(expression, at: at, source: source)
            guard case .vector(let elements) = value else { return 0 }
            return elements.count
        }
        #expect(try count("state", at: 19) == 1)
        #expect(try count("state", at: 21) == 0)
        #expect(try count("other", at: 4) == 1)
        #expect(try count("other", at: 6) == 0)
    }

    @Test func `names and values of labels are those of both`() throws {
        let source = source([.constant(["__name__": "limit", "village": "v"], 1)], beats: [1])
        let all = Instant.distantPast...Instant.distantFuture
        #expect(try source.labelNames(in: all) == ["__name__", "device", "village"])
        #expect(try source.labelValues(of: "__name__", in: all) == ["beat", "limit"])
    }

    @Test func `a range without a beginning is bounded`() throws {
        let source = source([.constant(["__name__": "limit"], 1)])
        let all = Instant.distantPast...Instant.distantFuture
        let found = try source.select([LabelMatcher("__name__", .equal("limit"))], in: all)
        var buffer = SampleBuffer()
        try source.read(found[0].id, in: all, into: &buffer)
        #expect(buffer.count == ComputedSeries.maximumSamples)
    }
}
