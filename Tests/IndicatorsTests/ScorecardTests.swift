import Telemetry
import Testing

@testable import Indicators

struct ScorecardTests {
    private static let share = Computation.count(
        CountParameters(key: "k", scale: 100, isShare: true)
    )
    private static let none = Computation.count(
        CountParameters(key: "none", scale: 100, isShare: true)
    )

    private func scorecard(_ set: CriteriaSet, at: Instant = District.now) throws -> Scorecard {
        var facts = District.facts
        facts.counts = [
            .init(
                key: "k",
                area: "new",
                numerator: 9,
                denominator: 10,
                date: District.day("2025-12-01")
            )
        ]
        return try IndicatorEngine().evaluate(
            set,
            unit: "new",
            facts: facts,
            at: at,
            source: SampledSource()
        )
    }

    private func indicator(_ code: String, _ threshold: Double?, known: Bool = true) -> Indicator {
        District.indicator(
            code,
            computation: known ? Self.share : Self.none,
            threshold: threshold
        )
    }

    @Test func `the golden scorecard counts criteria and indicators as the programme does`() throws
    {
        let card = try scorecard(
            District.set([
                [indicator("1.1", 80), indicator("1.2", 90)],
                [indicator("2.1", 80), indicator("2.2", 91)],
                [indicator("3.1", 80), indicator("3.2", nil)],
                [indicator("4.1", 80, known: false)],
                [indicator("5.1", 10)],
            ])
        )
        #expect(card.criteriaMet == 2)
        #expect(card.criteriaCount == 5)
        #expect(card.indicatorsMet == 5)
        #expect(card.indicatorCount == 8)
        #expect(card.criteria.map(\.isMet) == [true, false, false, false, true])
        #expect(
            card.outcomeCounts
                == [.met: 5, .notMet: 1, .noThreshold: 1, .notEnoughData: 1]
        )
        #expect(card.set == "T@1")
        #expect(card.source == "1/QĐ")
        #expect(card.isSetInForce)
        #expect(!card.isSimulated)
    }

    @Test(arguments: ShippedCriteriaSets.fileNames)
    func `a unit about which nothing is known meets nothing of a shipped set`(name: String) throws {
        let text = try ShippedCriteriaSets.text(of: name)
        let card = try scorecard(try CriteriaSet.parse(text: text, file: name))
        #expect(card.criteriaMet == 0)
        #expect(card.indicatorsMet == 0)
        #expect(card.outcomeCounts.values.reduce(0, +) == card.indicatorCount)
        #expect(card.outcomeCounts[.met] == 0)
    }

    @Test func `indicators that are not listed count as without threshold`() throws {
        let text = try ShippedCriteriaSets.text(of: "51-2025.yaml")
        let card = try scorecard(try CriteriaSet.parse(text: text, file: "51-2025.yaml"))
        #expect(card.unlistedCount == 47)
        #expect(card.outcomeCounts[.noThreshold] == 47)
        #expect(card.criteria.allSatisfy { !$0.isMet })
    }

    @Test func `a set out of force is judged and said to be`() throws {
        let text = try ShippedCriteriaSets.text(of: "318-nc.yaml")
        let set = try CriteriaSet.parse(text: text, file: "318-nc.yaml")
        #expect(try !scorecard(set).isSetInForce)
        let before = District.day("2025-12-31").midnight(offset: .hours(7))
        #expect(try scorecard(set, at: before).isSetInForce)
    }
}
