import PromQL
import Telemetry

@testable import Indicators

/// A small district for tests: two communes that merged on 2025-07-01, with three villages.
///
/// Villages `v1` (100 households, 400 people) and `v2` (50, 200) were commune `old-a`, `v3` (50,
/// 150) was `old-b`; all three are `new` since.
enum District {
    static let merger = day("2025-07-01")
    static let lastDayBefore = day("2025-06-30")
    /// Midnight at the start of 2026-03-10 in Vietnam.
    static let now = day("2026-03-10").midnight(offset: .hours(7))
    static let twoDays = Milliseconds.days(2)

    static func day(_ text: String) -> CivilDate {
        CivilDate(text) ?? CivilDate(daysSince1970: 0)
    }

    static var facts: IndicatorFacts {
        let start = day("2000-01-01")
        return IndicatorFacts(
            villages: [
                .init(code: "v1", name: "Một", households: 100, people: 400),
                .init(code: "v2", name: "Hai", households: 50, people: 200),
                .init(code: "v3", name: "Ba", households: 50, people: 150),
            ],
            units: [
                .init(code: "old-a", name: "Cũ A", regions: ["region:north"]),
                .init(code: "old-b", name: "Cũ B", regions: ["region:north"]),
                .init(code: "new", name: "Mới", regions: ["province:quang-ninh", "region:north"]),
            ],
            memberships: [
                .init(unit: "old-a", village: "v1", from: start, to: lastDayBefore),
                .init(unit: "old-a", village: "v2", from: start, to: lastDayBefore),
                .init(unit: "old-b", village: "v3", from: start, to: lastDayBefore),
                .init(unit: "new", village: "v1", from: merger),
                .init(unit: "new", village: "v2", from: merger),
                .init(unit: "new", village: "v3", from: merger),
            ]
        )
    }

    /// What a formula needs to compute the figure of some villages.
    static func context(
        _ facts: IndicatorFacts,
        villages: Set<String> = ["v1", "v2", "v3"],
        at: Instant = now,
        limits: WaterQualityLimits? = drinkingWater,
        source: some SeriesSource
    ) -> FormulaContext {
        FormulaContext(
            facts: facts,
            villages: villages,
            at: at,
            date: facts.localDate(at),
            waterLimits: limits,
            runner: QueryRunner(engine: IndicatorEngine().queries, source: source)
        )
    }

    static let drinkingWater = WaterQualityLimits(
        ph: 6.0...8.5,
        turbidityNTU: 2,
        freeChlorineMilligramsPerLitre: 0.2...1.0,
        source: "test",
        confidence: .verbatim,
        validFrom: day("2019-06-15"),
        validTo: nil
    )

    /// Whether it is night by the programme: from 18:00 to 06:00 in Vietnam.
    static func isNight(_ time: Instant) -> Bool {
        let inDay = (time + .hours(7)).milliseconds % 86_400_000
        return inDay < 6 * 3_600_000 || inDay >= 18 * 3_600_000
    }

    /// An indicator for tests.
    static func indicator(
        _ code: String = "1.1",
        computation: Computation,
        unit: String = "%",
        comparison: Comparison = .atLeast,
        threshold: Double? = nil,
        attestedPart: BilingualText? = nil
    ) -> Indicator {
        let thresholds = threshold.flatMap {
            Threshold(requirement: .number($0), confidence: .verbatim, source: "test")
        }
        return Indicator(
            code: code,
            name: SourcedName(BilingualText(vi: "tên", en: "name"), confidence: .recalled),
            evidence: .sensor,
            computation: computation,
            unit: unit,
            comparison: comparison,
            thresholds: thresholds.map { [$0] } ?? [],
            attestedPart: attestedPart
        )
    }

    /// A set for tests that holds criteria with these indicators.
    static func set(_ criteria: [[Indicator]]) -> CriteriaSet {
        CriteriaSet(
            id: "T",
            version: "1",
            title: BilingualText(vi: "bộ", en: "set"),
            source: .init(decision: "1/QĐ", date: day("2022-01-01"), text: "test"),
            validFrom: day("2022-01-01"),
            validTo: nil,
            criteriaCount: criteria.count,
            indicatorCount: criteria.joined().count,
            countSource: "test",
            countConfidence: .verbatim,
            criteria: criteria.enumerated().map { index, indicators in
                Criterion(
                    number: "\(index + 1)",
                    name: SourcedName(BilingualText(vi: "tên", en: "name"), confidence: .recalled),
                    indicators: indicators,
                    isComplete: true
                )
            },
            waterLimits: [drinkingWater]
        )
    }
}
