import TestKit
import Testing

@testable import Indicators

struct TallyTests {
    @Test func `a figure comes from sums and not from the mean of shares`() {
        let hamlet = Tally.weight(1, .good, coverage: 1)
        let town = Tally.weight(99, .bad, coverage: 1)
        #expect((hamlet + town).figure(scale: 100).value == 1)
    }

    @Test func `nothing known gives no value but a coverage`() {
        let figure = Tally.weight(5, .unknown, coverage: 0.25).figure(scale: 100)
        #expect(figure.value == nil)
        #expect(figure.low == nil)
        #expect(figure.coverage == 0.25)
    }

    @Test func `no part at all gives an empty figure`() {
        #expect(Tally().figure(scale: 100) == Figure())
    }

    @Test func `what is unknown is bad in the low bound and good in the high one`() {
        let sum =
            Tally.weight(2, .good, coverage: 1) + .weight(1, .bad, coverage: 1)
            + .weight(1, .unknown, coverage: 0)
        let figure = sum.figure(scale: 100)
        #expect(figure.low == 50)
        #expect(figure.high == 75)
        #expect(figure.value == 100 * 2 / 3.0)
        #expect(figure.coverage == 0.75)
    }

    @Test func `the value always lies between its bounds, and a union is the sum of its parts`() {
        var generator = SeededGenerator(seed: 7)
        print("seed \(generator.seed)")
        for _ in 0..<2000 {
            let parts = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                let states: [Finding] = [.good, .bad, .unknown]
                return Tally.weight(
                    Double.random(in: 0.01...900, using: &generator),
                    states.randomElement(using: &generator) ?? .bad,
                    coverage: Double.random(in: 0...1, using: &generator)
                )
            }
            let cut = Int.random(in: 0...parts.count, using: &generator)
            let whole = parts.reduce(Tally(), +)
            let halves = parts[..<cut].reduce(Tally(), +) + parts[cut...].reduce(Tally(), +)
            #expect((whole.total - halves.total).magnitude < 1e-9 * whole.total)
            #expect((whole.numerator - halves.numerator).magnitude <= 1e-9 * whole.total)
            let figure = whole.figure(scale: 100)
            guard let value = figure.value, let low = figure.low, let high = figure.high else {
                #expect(whole.known == 0)
                continue
            }
            #expect(low <= value && value <= high)
            #expect(low >= 0 && high <= 100.000001)
        }
    }
}
