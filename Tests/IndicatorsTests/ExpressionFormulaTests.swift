import Telemetry
import Testing

@testable import Indicators

struct ExpressionFormulaTests {
    private func figure(coverage: Double?) throws -> Figure {
        var source = SampledSource()
        for village in ["v1", "v2", "v9"] {
            source.add(
                "works",
                ["village": village],
                [Sample(time: District.now - .minutes(1), value: 3)]
            )
        }
        if let coverage {
            source.add("known", [:], [Sample(time: District.now - .minutes(1), value: coverage)])
        }
        let parameters = ExpressionParameters(
            numerator: "works{village=~\"$villages\"}",
            denominator: "vector($households) / 10",
            coverage: "known",
            grid: GridParameters(window: .days(1)),
            scale: 100,
            isShare: true
        )
        return try ExpressionFormula(parameters: parameters)
            .figure(in: District.context(District.facts, source: source))
    }

    @Test func `queries of a set's own are filled in, summed and divided`() throws {
        let figure = try figure(coverage: 1)
        #expect(figure.value == 30)
        #expect(figure.numerator == 6 && figure.denominator == 20)
        #expect(figure.expressions.first?.text == "works{village=~\"v1|v2|v3\"}")
        #expect(figure.window?.lowerBound == District.now - .days(1))
    }

    @Test func `the unknown part of the window widens the bounds`() throws {
        let figure = try figure(coverage: 0.5)
        #expect(figure.value == 30)
        #expect(figure.low == 15)
        #expect(figure.high == 65)
        #expect(figure.coverage == 0.5)
    }

    @Test func `no coverage is no value`() throws {
        #expect(try figure(coverage: nil).value == nil)
        #expect(try figure(coverage: 0).value == nil)
    }

    @Test func `an aggregate over simulated devices is simulated`() throws {
        var source = SampledSource()
        source.add("sums", [:], [Sample(time: District.now - .minutes(1), value: 1)])
        let parameters = ExpressionParameters(
            numerator: "sums",
            denominator: "vector(1)",
            coverage: "vector(1)",
            grid: GridParameters(window: .days(1)),
            scale: 1,
            isShare: true
        )
        let formula = ExpressionFormula(parameters: parameters)
        for isSimulated in [false, true] {
            let device = IndicatorFacts.Device(id: "d", village: "v1", isSimulated: isSimulated)
            let facts = IndicatorFacts(devices: [device])
            let context = District.context(facts, source: source)
            #expect(try formula.figure(in: context).isSimulated == isSimulated)
        }
    }
}
