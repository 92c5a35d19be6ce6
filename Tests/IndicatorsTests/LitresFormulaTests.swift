import Telemetry
import TestKit
import Testing

@testable import Indicators

struct LitresFormulaTests {
    static let formula: LitresFormula = {
        var parameters = LitresParameters()
        parameters.grid = GridParameters(window: District.twoDays, step: .hours(1))
        parameters.veto.grid = GridParameters(window: District.twoDays, step: .minutes(30))
        return LitresFormula(parameters: parameters)
    }()

    /// Adds a meter that delivers so many cubic metres a day; its totaliser is unheard where told.
    private static func addMeter(
        _ id: String,
        cubicMetresPerDay: Double,
        _ facts: inout IndicatorFacts,
        _ source: inout SampledSource,
        startsAt first: Double = 1000,
        resetAfter: Milliseconds? = nil,
        isHeard: (Instant) -> Bool = { _ in true }
    ) {
        facts.devices[id] = .init(id: id, village: "v1", expectedInterval: .hours(1))
        let from = District.now - District.twoDays - .hours(6)
        source.add(
            "water_volume_cubic_metres_total",
            ["device": id, "village": "v1"],
            from: from,
            to: District.now,
            every: .hours(1)
        ) { time in
            guard isHeard(time) else { return nil }
            let days = (time - from).seconds / 86_400
            guard let resetAfter, time - from >= resetAfter else {
                return first + days * cubicMetresPerDay
            }
            return (days - resetAfter.seconds / 86_400) * cubicMetresPerDay
        }
    }

    private static func supply(
        _ people: [String: Int],
        meters: [String],
        loss: Double? = nil,
        quality: [String] = []
    ) -> IndicatorFacts.WaterSupply {
        .init(code: "w", people: people, meters: meters, lossShare: loss, qualityDevices: quality)
    }

    private func near(_ value: Double?, _ expected: Double, by tolerance: Double = 0.01) -> Bool {
        value.map { ($0 - expected).magnitude <= expected * tolerance } ?? false
    }

    @Test func `people that nobody counted are not left out of the division`() throws {
        var facts = District.facts
        var source = SampledSource()
        Self.addMeter("m1", cubicMetresPerDay: 24, &facts, &source)
        facts.supplies = [
            .init(code: "w", villages: ["v1", "v2"], people: ["v1": 200], meters: ["m1"])
        ]
        let figure = try Self.formula.figure(in: District.context(facts, source: source))
        #expect(figure.value == nil && figure.low == nil)
        #expect(figure.notes.first?.vi.contains("w") == true)
        let half = District.context(facts, villages: ["v1"], source: source)
        #expect(try Self.formula.figure(in: half).value == nil, "v2 drinks of the same meter")
        let other = District.context(facts, villages: ["v3"], source: source)
        let note = try Self.formula.figure(in: other).notes.first?.en
        #expect(note == "no people served by a water supply are registered")
    }

    @Test func `litres are what meters deliver over the people served`() throws {
        var facts = District.facts
        var source = SampledSource()
        Self.addMeter("m1", cubicMetresPerDay: 24, &facts, &source)
        Self.addMeter("m2", cubicMetresPerDay: 16, &facts, &source)
        facts.supplies = [Self.supply(["v1": 400], meters: ["m1", "m2"])]
        let figure = try Self.formula.figure(in: District.context(facts, source: source))
        #expect(near(figure.value, 100))
        #expect(near(figure.low, 100))
        #expect(near(figure.high, 100))
        #expect(figure.coverage == 1)
        #expect(!figure.isEstimate)
    }

    @Test func `an exchanged meter that starts from zero loses nothing`() throws {
        var facts = District.facts
        var source = SampledSource()
        Self.addMeter("m", cubicMetresPerDay: 40, &facts, &source, resetAfter: .hours(30))
        facts.supplies = [Self.supply(["v1": 400], meters: ["m"])]
        let figure = try Self.formula.figure(in: District.context(facts, source: source))
        #expect(near(figure.value, 100, by: 0.03))
    }

    @Test func `a gap costs coverage but no volume`() throws {
        var facts = District.facts
        var source = SampledSource()
        let gap = (District.now - .hours(30))..<(District.now - .hours(6))
        Self.addMeter("m", cubicMetresPerDay: 40, &facts, &source) { !gap.contains($0) }
        facts.supplies = [Self.supply(["v1": 400], meters: ["m"])]
        let figure = try Self.formula.figure(in: District.context(facts, source: source))
        #expect(near(figure.value, 100))
        #expect(near(figure.low, 100))
        #expect(near(figure.high, 100))
        #expect(figure.coverage.map { $0 > 0.4 && $0 < 0.6 } ?? false)
    }

    @Test func `silence at the end lowers the low bound and takes the high one away`() throws {
        var facts = District.facts
        var source = SampledSource()
        let silence = District.now - .hours(26)
        Self.addMeter("m", cubicMetresPerDay: 40, &facts, &source) { $0 <= silence }
        facts.supplies = [Self.supply(["v1": 400], meters: ["m"])]
        let figure = try Self.formula.figure(in: District.context(facts, source: source))
        // The last report speaks two intervals longer, in which nothing seems to flow.
        #expect(near(figure.value, 100, by: 2.0 / 21))
        #expect(near(figure.low, 47, by: 0.06))
        #expect(figure.high == nil)
        #expect(near(figure.coverage, 0.49, by: 0.06))
    }

    @Test func `a meter that was never heard is taken to deliver as the others`() throws {
        var facts = District.facts
        var source = SampledSource()
        Self.addMeter("m1", cubicMetresPerDay: 20, &facts, &source)
        facts.devices["m2"] = .init(id: "m2", village: "v1", expectedInterval: .hours(1))
        facts.supplies = [Self.supply(["v1": 400], meters: ["m1", "m2"])]
        let figure = try Self.formula.figure(in: District.context(facts, source: source))
        #expect(near(figure.value, 100))
        #expect(near(figure.low, 50))
        #expect(figure.high == nil)
        #expect(figure.coverage == 0.5)
    }

    @Test func `silence of all meters is no value`() throws {
        var facts = District.facts
        facts.devices["m"] = .init(id: "m", village: "v1")
        facts.supplies = [Self.supply(["v1": 400], meters: ["m"])]
        let context = District.context(facts, source: SampledSource())
        let figure = try Self.formula.figure(in: context)
        #expect(figure.value == nil)
        #expect(figure.coverage == 0)
    }

    @Test func `no people served is no value and no division by zero`() throws {
        let context = District.context(District.facts, source: SampledSource())
        let figure = try Self.formula.figure(in: context)
        #expect(figure.value == nil)
        #expect(figure.notes.first?.en == "no people served by a water supply are registered")
    }

    @Test func `a production meter gives an estimate with its loss`() throws {
        var facts = District.facts
        var source = SampledSource()
        Self.addMeter("m", cubicMetresPerDay: 50, &facts, &source)
        facts.supplies = [Self.supply(["v1": 400], meters: ["m"], loss: 0.2)]
        let figure = try Self.formula.figure(in: District.context(facts, source: source))
        #expect(near(figure.value, 100))
        #expect(figure.isEstimate)
        #expect(figure.notes.contains { $0.vi == "w: ước tính, tổn thất giả định 20 %" })
    }

    @Test func `a supply across units is shared out by people and adds up again`() throws {
        var facts = District.facts
        var source = SampledSource()
        Self.addMeter("m1", cubicMetresPerDay: 60, &facts, &source)
        Self.addMeter("m2", cubicMetresPerDay: 6, &facts, &source)
        facts.supplies = [
            Self.supply(["v1": 400, "v2": 200], meters: ["m1"]),
            .init(code: "x", people: ["v2": 100, "v3": 100], meters: ["m2"]),
        ]
        let whole = try Self.formula.figure(in: District.context(facts, source: source))
        let parts = try ["v1", "v2", "v3"].map {
            try Self.formula.figure(in: District.context(facts, villages: [$0], source: source))
        }
        #expect(near(parts[0].value, 100))
        #expect(near(parts[2].value, 30))
        #expect(near(whole.numerator, parts.reduce(0) { $0 + ($1.numerator ?? 0) }, by: 1e-9))
        #expect(near(whole.denominator, parts.reduce(0) { $0 + ($1.denominator ?? 0) }, by: 1e-9))
        #expect(near(whole.value, 66_000 / 800))
    }

    @Test func `litres of a supply that its sensors veto do not count`() throws {
        var facts = District.facts
        var source = SampledSource()
        Self.addMeter("m", cubicMetresPerDay: 40, &facts, &source)
        facts.devices["q"] = .init(id: "q", village: "v1", expectedInterval: .minutes(30))
        source.add(
            "water_ph",
            ["device": "q"],
            from: District.now - .days(3),
            to: District.now,
            every: .minutes(30)
        ) { _ in 9.5 }
        facts.supplies = [Self.supply(["v1": 400], meters: ["m"], quality: ["q"])]
        let figure = try Self.formula.figure(in: District.context(facts, source: source))
        #expect(figure.value == 0)
        #expect(figure.high == 0)
        #expect(figure.notes.contains { $0.en.hasPrefix("without the sensors' veto: 100") })
    }
}
