@testable import Gateway
@testable import Indicators
import PromQL
import Telemetry
import TestKit
import Testing

/// What the gateway stores of its verdicts.
@Suite struct IndicatorSeriesTests {
    private static let now = GatewayUnderTest.midnight

    private static func indicator(_ code: String, key: String, threshold: Double?) -> Indicator {
        let threshold = threshold.flatMap {
            Threshold(requirement: .number($0), confidence: .verbatim, source: "test")
        }
        return Indicator(
            code: code,
            name: SourcedName(BilingualText(vi: "tên", en: "name"), confidence: .recalled),
            evidence: .registry,
            computation: .count(CountParameters(key: key, scale: 100, isShare: true)),
            unit: "%",
            thresholds: threshold.map { [$0] } ?? []
        )
    }

    /// A unit with one count of nine in ten, under the key `k`.
    private static func scorecards(isSimulated: Bool = false, counted: Bool = true) throws
        -> [Scorecard]
    {
        let date = CivilDate(now, offset: .hours(7))
        let set = CriteriaSet(
            id: "T",
            version: "1",
            title: BilingualText(vi: "bộ", en: "set"),
            source: .init(decision: "1/QĐ", date: date, text: "test"),
            validFrom: date,
            validTo: nil,
            criteriaCount: 1,
            indicatorCount: 4,
            countSource: "test",
            countConfidence: .verbatim,
            criteria: [
                Criterion(
                    number: "1",
                    name: SourcedName(BilingualText(vi: "tên", en: "name"), confidence: .recalled),
                    indicators: [
                        indicator("1.1", key: "k", threshold: 80),
                        indicator("1.2", key: "k", threshold: 95),
                        indicator("1.3", key: "none", threshold: 80),
                        indicator("1.4", key: "k", threshold: nil),
                    ],
                    isComplete: true
                )
            ],
            waterLimits: []
        )
        var facts = IndicatorFacts(
            villages: [.init(code: "v")],
            units: [.init(code: "xa")],
            memberships: [.init(unit: "xa", village: "v", from: date)]
        )
        if counted {
            facts.counts = [
                .init(
                    key: "k",
                    area: "xa",
                    numerator: 9,
                    denominator: 10,
                    date: date,
                    isSimulated: isSimulated
                )
            ]
        }
        let source = MemorySeriesSource()
        return try IndicatorEngine().evaluate(
            [set],
            units: ["xa"],
            facts: facts,
            at: now,
            source: source
        )
    }

    /// The series with their values, as text; a staleness marker as `ended`.
    private static func lines(_ samples: LabelledSamples) -> [String] {
        samples.series.flatMap { series in
            samples.samples[series.range].map { sample in
                let isEnd = sample.value.bitPattern == Sample.staleMarkerBits
                return "\(series.labels) \(isEnd ? "ended" : "\(Int(sample.value.rounded()))")"
            }
        }
    }

    @Test func `each indicator is in one state, and the other states are nought`() throws {
        var series = IndicatorSeries()
        let lines = Self.lines(series.samples(of: try Self.scorecards(), at: Self.now))
        let states = [
            "1.1": "met", "1.2": "not_met", "1.3": "not_enough_data", "1.4": "no_threshold",
        ]
        for (code, state) in states {
            for other in states.values {
                let labels =
                    #"indicator="\#(code)", set="T@1", state="\#(other)", unit="xa""#
                let expected = "indicator_state{\(labels)} \(other == state ? 1 : 0)"
                #expect(lines.contains(expected), "\(expected) is not in \(lines)")
            }
        }
    }

    @Test func `what is not known has no value`() throws {
        var series = IndicatorSeries()
        let lines = Self.lines(series.samples(of: try Self.scorecards(), at: Self.now))
        let values = lines.filter { $0.hasPrefix("indicator_value") }
        let known = ["1.1", "1.2", "1.4"].map { #"{indicator="\#($0)", set="T@1", unit="xa"}"# }
        #expect(values == known.map { "indicator_value\($0) 90" })
        let coverages = lines.filter { $0.hasPrefix("indicator_coverage_ratio") }
        #expect(coverages == known.map { "indicator_coverage_ratio\($0) 1" })
    }

    @Test func `a verdict on what is simulated says so`() throws {
        var series = IndicatorSeries()
        let cards = try Self.scorecards(isSimulated: true)
        let lines = Self.lines(series.samples(of: cards, at: Self.now))
        for line in lines {
            let isOfCount = !line.contains(#"indicator="1.3""#)
            #expect(line.contains(#"simulated="true""#) == isOfCount, "\(line)")
        }
    }

    @Test func `series that an evaluation does not give any more are ended`() throws {
        var series = IndicatorSeries()
        _ = series.samples(of: try Self.scorecards(), at: Self.now)
        let cards = try Self.scorecards(counted: false)
        let lines = Self.lines(series.samples(of: cards, at: Self.now + .minutes(10)))
        let ended = lines.filter { $0.hasSuffix("ended") }
        #expect(ended.filter { $0.hasPrefix("indicator_value") }.count == 3)
        #expect(ended.filter { $0.hasPrefix("indicator_coverage_ratio") }.count == 3)
        #expect(ended.count == 6)
        #expect(!lines.contains { $0.contains(#"state="met""#) && $0.hasSuffix(" 1") })
        let again = Self.lines(series.samples(of: cards, at: Self.now + .minutes(20)))
        #expect(!again.contains { $0.hasSuffix("ended") })
    }
}

/// The verdicts of a running gateway.
@Suite(.oneAtATime) struct IndicatorStoreTests {
    private static let registry = [
        "units.csv": "code,name,kind\nxa,Xã Một,commune\n",
        "villages.csv": "code,name,latitude,longitude\nv1,Bản Một,21.53,107.40\n",
        "memberships.csv": "unit,village,from,to\nxa,v1,2000-01-01,\n",
    ]

    @Test func `an evaluation is stored, and nobody else can store its series`() async throws {
        let folder = try TemporaryFolder("langso-verdicts")
        let now = GatewayUnderTest.midnight
        var settings = try GatewayUnderTest.settings(
            folder,
            // Nobody listens there: what the gateway gives needs no broker.
            port: 1,
            subscriptions: [try GatewayUnderTest.nothing()],
            registry: Self.registry
        )
        settings.takesRemoteWrite = true
        let gateway = try await GatewayUnderTest(settings, clock: { now })
        await gateway.runtime.indicators.evaluate(at: now)
        let query = #"count by (state) (indicator_state{unit="xa"})"#
        try await gateway.wait("the verdicts") {
            (try? await gateway.query(query, at: now).count) == 4
        }
        let met = try await gateway.query(#"sum(indicator_state{state="met"})"#, at: now)
        // Nothing is known, so nothing is met.
        #expect(met.first?.contains("=> 0 @") == true, "\(met)")
        // The next evaluation is due in ten minutes: until then the last one is seen.
        let later = try await gateway.query("count(indicator_state)", at: now + .minutes(19))
        #expect(later.count == 1)
        #expect(try await gateway.query("indicator_state", at: now + .minutes(21)).isEmpty)
        let pushed = try await SamplePush.send(
            [
                (
                    ["__name__": "indicator_state", "unit": "xa", "state": "met"],
                    [Sample(time: now, value: 1)]
                )
            ],
            to: gateway.address
        )
        #expect(pushed.status == 400)
        #expect(pushed.text.contains("a series that the gateway makes by itself"))
        try await gateway.stop()
    }
}
