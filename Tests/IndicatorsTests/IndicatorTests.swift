import Testing

@testable import Indicators

struct IndicatorTests {
    private func threshold(
        _ value: Double,
        _ region: String,
        from: String? = nil,
        to: String? = nil
    ) throws -> Threshold {
        try #require(
            Threshold(
                region: region,
                requirement: .number(value),
                confidence: .secondary,
                source: "test",
                validFrom: from.map(District.day),
                validTo: to.map(District.day)
            )
        )
    }

    private func indicator(_ thresholds: [Threshold]) -> Indicator {
        Indicator(
            code: "1",
            name: SourcedName(BilingualText(vi: "a", en: "a"), confidence: .recalled),
            evidence: .registry,
            computation: .count(CountParameters(key: "k", scale: 100, isShare: true)),
            unit: "%",
            thresholds: thresholds
        )
    }

    @Test(arguments: [ConfidenceClass.recalled, .notFound])
    func `what nobody read is no threshold`(confidence: ConfidenceClass) {
        #expect(Threshold(requirement: .number(1), confidence: confidence, source: "x") == nil)
    }

    @Test func `the most particular region counts before the general one`() throws {
        let indicator = indicator([
            try threshold(50, "all"), try threshold(60, "region:north"),
            try threshold(70, "province:quang-ninh"),
        ])
        let date = District.day("2024-01-01")
        let found = indicator.threshold(regions: ["province:quang-ninh", "region:north"], on: date)
        #expect(found?.requirement == .number(70))
        #expect(
            indicator.threshold(regions: ["region:north"], on: date)?.requirement == .number(60)
        )
        #expect(indicator.threshold(regions: [], on: date)?.requirement == .number(50))
    }

    @Test func `a threshold for other regions is none`() throws {
        let indicator = indicator([try threshold(60, "region:north")])
        #expect(
            indicator.threshold(regions: ["region:south"], on: District.day("2024-01-01")) == nil
        )
    }

    @Test func `first and last day of a threshold count in, and the newer of two holds`() throws {
        let indicator = indicator([
            try threshold(50, "all", to: "2024-06-30"),
            try threshold(60, "all", from: "2024-06-01", to: "2024-12-31"),
        ])
        func value(_ day: String) -> Threshold.Requirement? {
            indicator.threshold(regions: [], on: District.day(day))?.requirement
        }
        #expect(value("2024-05-31") == .number(50))
        #expect(value("2024-06-01") == .number(60))
        #expect(value("2024-12-31") == .number(60))
        #expect(value("2025-01-01") == nil)
    }
}
