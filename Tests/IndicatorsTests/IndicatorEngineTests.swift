import Synchronization
import Telemetry
import Testing

@testable import Indicators

struct IndicatorEngineTests {
    static let count = Computation.count(CountParameters(key: "k", scale: 100, isShare: true))

    private static func registryCount(
        _ area: String,
        _ numerator: Double,
        _ denominator: Double,
        _ date: String
    ) -> IndicatorFacts.RegistryCount {
        .init(
            key: "k",
            area: area,
            numerator: numerator,
            denominator: denominator,
            date: District.day(date)
        )
    }

    private func evaluate(
        _ indicators: [Indicator],
        unit: String = "new",
        facts: IndicatorFacts = District.facts,
        at: Instant = District.now,
        source: some SeriesSource = SampledSource()
    ) throws(IndicatorError) -> [Verdict] {
        try IndicatorEngine().evaluate(
            District.set([indicators]),
            unit: unit,
            facts: facts,
            at: at,
            source: source
        ).verdicts
    }

    @Test func `every outcome is reached and every verdict names its indicator`() throws {
        var facts = District.facts
        facts.counts = [Self.registryCount("new", 85, 100, "2026-01-01")]
        let verdicts = try evaluate(
            [
                District.indicator("1", computation: Self.count, threshold: 85),
                District.indicator("2", computation: Self.count, comparison: .above, threshold: 85),
                District.indicator("3", computation: Self.count),
                District.indicator(
                    "4",
                    computation: .count(CountParameters(key: "none", scale: 100, isShare: true)),
                    threshold: 1
                ),
            ],
            facts: facts
        )
        #expect(verdicts.map(\.outcome) == [.met, .notMet, .noThreshold, .notEnoughData])
        #expect(verdicts.map(\.id) == ["T:1@1", "T:2@1", "T:3@1", "T:4@1"])
        #expect(verdicts[0].thresholdText?.vi == "≥ 85 %")
        #expect(verdicts[0].thresholdSource == "V: test")
        #expect(verdicts[1].thresholdText?.en == "> 85 %")
        // The value of an indicator without threshold is shown all the same.
        #expect(verdicts[2].value == 85)
        #expect(verdicts[2].thresholdText == nil)
    }

    @Test func `a village counts for the old commune before the merger and for the new one after`()
        throws
    {
        var facts = District.facts
        facts.counts = [
            Self.registryCount("v1", 10, 100, "2025-01-01"),
            Self.registryCount("v2", 50, 50, "2025-01-01"),
            Self.registryCount("v3", 20, 50, "2025-01-01"),
        ]
        let indicator = District.indicator("1", computation: Self.count, threshold: 40)
        let merger = District.merger.midnight(offset: .hours(7))
        let before = merger - Milliseconds(1)
        let oldA = try evaluate([indicator], unit: "old-a", facts: facts, at: before)[0]
        let oldB = try evaluate([indicator], unit: "old-b", facts: facts, at: before)[0]
        let new = try evaluate([indicator], unit: "new", facts: facts, at: merger)[0]
        #expect(oldA.value == 40 && oldA.outcome == .met)
        #expect(oldB.value == 40 && oldB.outcome == .met)
        #expect(new.figure.numerator == 80 && new.figure.denominator == 200)
        #expect(new.value == 40)
        #expect(throws: IndicatorError.unitWithoutVillages(code: "old-a", date: District.merger)) {
            try evaluate([indicator], unit: "old-a", facts: facts, at: merger)
        }
        #expect(
            throws: IndicatorError.unitWithoutVillages(code: "new", date: District.lastDayBefore)
        ) {
            try evaluate([indicator], unit: "new", facts: facts, at: before)
        }
    }

    @Test func `a merged figure is not the mean of the percentages`() throws {
        var facts = District.facts
        facts.counts = [
            Self.registryCount("old-a", 150, 150, "2025-01-01"),
            Self.registryCount("old-b", 0, 50, "2025-01-01"),
        ]
        let verdict = try evaluate([District.indicator(computation: Self.count)], facts: facts)[0]
        #expect(verdict.value == 75)
    }

    @Test func `an evaluation that must end does so before its next indicator`() {
        let asked = Mutex(0)
        var engine = IndicatorEngine()
        engine.mustEnd = {
            asked.withLock { count in
                count += 1
                return count > 2
            }
        }
        let indicators = ["1", "2", "3", "4"].map {
            District.indicator($0, computation: Self.count)
        }
        #expect(throws: IndicatorError.interrupted(unit: "new")) {
            _ = try engine.evaluate(
                District.set([indicators]),
                unit: "new",
                facts: District.facts,
                at: District.now,
                source: SampledSource()
            )
        }
        #expect(asked.withLock { $0 } == 3)
    }

    @Test func `an unknown unit is an error that says what to do`() {
        #expect(throws: IndicatorError.unknownUnit(code: "x")) {
            try evaluate([District.indicator(computation: Self.count)], unit: "x")
        }
        #expect(IndicatorError.unknownUnit(code: "x").description.contains("import it"))
    }

    @Test func `a source that cannot be read leaves a verdict that says so`() throws {
        var facts = District.facts
        facts.devices["w"] = .init(id: "w", village: "v1")
        facts.points = [.init(device: "w", village: "v1", kind: "wifi")]
        let uptime = Computation.uptime(UptimeParameters(pointKind: "wifi"))
        let verdicts = try evaluate(
            [
                District.indicator("1", computation: uptime, threshold: 50),
                District.indicator("2", computation: uptime),
            ],
            facts: facts,
            source: BrokenSource()
        )
        #expect(verdicts.map(\.outcome) == [.notEnoughData, .noThreshold])
        #expect(verdicts[0].reason.en.hasPrefix("cannot be computed: "))
        #expect(verdicts[0].reason.en.contains("segment 7"))
    }

    @Test func `a verdict of sensors can be walked back to its queries and window`() throws {
        var facts = District.facts
        var source = SampledSource()
        facts.devices["w"] = .init(id: "w", village: "v1", isSimulated: true)
        facts.points = [.init(device: "w", village: "v1", kind: "wifi")]
        source.add(
            "device_up",
            ["device": "w"],
            from: District.now - .days(3),
            to: District.now,
            every: .minutes(30)
        ) { _ in 1 }
        var parameters = UptimeParameters(pointKind: "wifi")
        parameters.grid = GridParameters(window: District.twoDays, step: .minutes(30))
        let verdict = try evaluate(
            [District.indicator(computation: .uptime(parameters), threshold: 100)],
            facts: facts,
            source: source
        )[0]
        #expect(verdict.outcome == .met)
        #expect(verdict.isSimulated)
        #expect(verdict.window == (District.now - District.twoDays)...District.now)
        #expect(
            verdict.expressions == [
                "sum_over_time((last_over_time(device_up{device=~\"w\"}[1h]) > bool 0)[2d:30m])",
                "count_over_time(last_over_time(device_up{device=~\"w\"}[1h])[2d:30m])",
            ]
        )
    }

    @Test func `an office must attest what no sensor sees, under the indicator's own key`() throws {
        var facts = District.facts
        facts.counts = [Self.registryCount("new", 1, 1, "2026-01-01")]
        let indicator = District.indicator(
            computation: Self.count,
            threshold: 50,
            attestedPart: BilingualText(vi: "cây xanh", en: "trees")
        )
        #expect(try evaluate([indicator], facts: facts)[0].outcome == .notEnoughData)
        facts.attestations = [
            .init(
                key: "T:1.1",
                area: "new",
                passes: true,
                validFrom: District.day("2026-01-01"),
                document: "BB 1"
            )
        ]
        #expect(try evaluate([indicator], facts: facts)[0].outcome == .met)
    }

    @Test func `several units and sets give a scorecard each, units first`() throws {
        let set = District.set([[District.indicator(computation: Self.count)]])
        let cards = try IndicatorEngine().evaluate(
            [set, set],
            units: ["new", "v1"],
            facts: District.facts,
            at: District.now,
            source: SampledSource()
        )
        #expect(cards.map(\.unit) == ["new", "new", "v1", "v1"])
        #expect(cards.map(\.unitName) == ["Mới", "Mới", "Một", "Một"])
    }

    @Test func `a made-up count or attestation marks the verdict as simulated`() throws {
        var facts = District.facts
        facts.counts = [
            .init(
                key: "k",
                area: "new",
                numerator: 1,
                date: District.day("2026-01-01"),
                isSimulated: true
            )
        ]
        facts.attestations = [
            .init(
                key: "a",
                area: "new",
                passes: true,
                validFrom: District.day("2026-01-01"),
                document: "BB 1",
                isSimulated: true
            )
        ]
        let verdicts = try evaluate(
            [
                District.indicator("1", computation: Self.count),
                District.indicator("2", computation: .attestation(key: "a")),
                District.indicator("3", computation: .attestation(key: "b")),
            ],
            facts: facts
        )
        #expect(verdicts.map(\.isSimulated) == [true, true, false])
    }
}
