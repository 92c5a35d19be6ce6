import TestKit
import Telemetry
import Testing

@testable import Indicators

struct CountFormulaTests {
    private static let share = CountFormula(
        parameters: CountParameters(key: "households.sorting", scale: 100, isShare: true),
        indicatorKey: "T:17.5"
    )

    private static func count(
        _ area: String,
        _ numerator: Double,
        _ denominator: Double,
        _ date: String = "2026-01-01",
        to: String? = nil,
        key: String = "households.sorting"
    ) -> IndicatorFacts.RegistryCount {
        .init(
            key: key,
            area: area,
            numerator: numerator,
            denominator: denominator,
            date: District.day(date),
            validTo: to.map(District.day),
            source: "UBND"
        )
    }

    private func figure(
        _ counts: [IndicatorFacts.RegistryCount],
        formula: CountFormula = share,
        villages: Set<String> = ["v1", "v2", "v3"]
    ) throws -> Figure {
        var facts = District.facts
        facts.counts = counts
        let context = District.context(facts, villages: villages, source: SampledSource())
        return try formula.figure(in: context)
    }

    @Test func `a merged commune is the sum of the counts of the former ones`() throws {
        let figure = try figure([
            Self.count("old-a", 30, 150, "2024-06-01"), Self.count("old-b", 50, 50, "2024-06-01"),
        ])
        #expect(figure.value == 40)
        #expect(figure.low == 40)
        #expect(figure.high == 40)
        #expect(figure.coverage == 1)
        #expect(figure.numerator == 80 && figure.denominator == 200)
        #expect(figure.notes.map(\.en).contains("UBND, 2024-06-01"))
    }

    @Test func `villages without a count are unknown`() throws {
        let figure = try figure([Self.count("v1", 80, 100)])
        #expect(figure.value == 80)
        #expect(figure.low == 40)
        #expect(figure.high == 90)
        #expect(figure.coverage == 0.5)
    }

    @Test func `no count, a future one and an expired one are no value`() throws {
        #expect(try figure([]).notes.first?.en == "no count is registered")
        #expect(try figure([Self.count("new", 1, 2, "2026-03-11")]).value == nil)
        let expired = try figure([Self.count("new", 1, 2, to: "2026-03-09")])
        #expect(expired.value == nil)
        #expect(expired.notes.first?.en == "the registered count is out of date")
        #expect(try figure([Self.count("new", 1, 2, to: "2026-03-10")]).value == 50)
    }

    @Test func `a count may be registered under the indicator itself`() throws {
        #expect(try figure([Self.count("new", 1, 2, key: "T:17.5")]).value == 50)
        #expect(try figure([Self.count("new", 1, 2, key: "U:17.5")]).value == nil)
    }

    @Test func `a mean that lacks villages has no high bound`() throws {
        let mean = CountFormula(
            parameters: CountParameters(key: "people.income", scale: 1, isShare: false),
            indicatorKey: "T:10"
        )
        let figure = try figure(
            [Self.count("v1", 20_000, 400, key: "people.income")],
            formula: mean
        )
        #expect(figure.value == 50)
        #expect(figure.low == 25)
        #expect(figure.high == nil)
    }

    @Test func `a denominator of nothing is no count`() throws {
        #expect(try figure([Self.count("new", 0, 0)]).value == nil)
        #expect(try figure([Self.count("new", .nan, 5)]).value == nil)
    }

    @Test func `a union of villages is the sum of its parts and keeps its bounds`() throws {
        var generator = SeededGenerator(seed: 5)
        print("seed \(generator.seed)")
        for _ in 0..<300 {
            let counted = ["v1", "v2", "v3"].filter { _ in Bool.random(using: &generator) }
            let counts = counted.map { village in
                let all = Int.random(in: 1...200, using: &generator)
                let some = Int.random(in: 0...all, using: &generator)
                return Self.count(village, Double(some), Double(all))
            }
            let whole = try figure(counts)
            let parts = try ["v1", "v2", "v3"].map { try figure(counts, villages: [$0]) }
            #expect((whole.numerator ?? 0) == parts.reduce(0) { $0 + ($1.numerator ?? 0) })
            guard let value = whole.value, let low = whole.low, let high = whole.high else {
                #expect(counted.isEmpty)
                continue
            }
            #expect(low <= value && value <= high && high <= 100.000001)
        }
    }
}
