import TestKit
import Testing

@testable import Indicators

struct JudgeTests {
    private func outcome(
        value: Double?,
        low: Double?,
        high: Double?,
        coverage: Double?,
        _ comparison: Comparison = .atLeast,
        threshold: Double? = 80,
        attested: Bool?? = .none
    ) -> (Outcome, BilingualText) {
        var figure = Figure()
        figure.value = value
        figure.low = low
        figure.high = high
        figure.coverage = coverage
        let part = attested == nil ? nil : BilingualText(vi: "cây xanh", en: "trees")
        let indicator = District.indicator(
            computation: .litShare(LitShareParameters()),
            comparison: comparison,
            threshold: threshold,
            attestedPart: part
        )
        return Judge(minimumCoverage: 0.8).verdict(
            figure,
            threshold: indicator.thresholds.first,
            indicator: indicator,
            attested: attested ?? nil
        )
    }

    @Test func `without a threshold there is no verdict, whatever the value`() {
        let (outcome, reason) = outcome(
            value: 100,
            low: 100,
            high: 100,
            coverage: 1,
            threshold: nil
        )
        #expect(outcome == .noThreshold)
        #expect(reason.vi == "ngưỡng chưa được nạp: chưa đọc được văn bản gốc")
    }

    @Test(arguments: Comparison.allCases)
    func `no data is never met`(comparison: Comparison) {
        let (outcome, reason) = outcome(
            value: nil,
            low: nil,
            high: nil,
            coverage: 0,
            comparison,
            threshold: 0
        )
        #expect(outcome == .notEnoughData)
        #expect(reason.en == "no data")
    }

    @Test func `the threshold itself is met by at least and not by above`() {
        #expect(outcome(value: 80, low: 80, high: 80, coverage: 1).0 == .met)
        #expect(outcome(value: 80, low: 80, high: 80, coverage: 1, .above).0 == .notMet)
        #expect(outcome(value: 80, low: 80, high: 80, coverage: 1, .atMost).0 == .met)
        #expect(outcome(value: 80, low: 80, high: 80, coverage: 1, .below).0 == .notMet)
    }

    @Test func `bounds that agree decide at any coverage`() {
        #expect(outcome(value: 90, low: 81, high: 95, coverage: 0.1).0 == .met)
        #expect(outcome(value: 50, low: 10, high: 79, coverage: 0.1).0 == .notMet)
    }

    @Test func `bounds that straddle decide nothing below the least coverage`() {
        #expect(outcome(value: 90, low: 60, high: 95, coverage: 0.79).0 == .notEnoughData)
        #expect(outcome(value: 90, low: 60, high: 95, coverage: 0.8).0 == .met)
        #expect(outcome(value: 70, low: 60, high: 95, coverage: 0.8).0 == .notMet)
    }

    @Test func `a value without a high bound can fail only with enough known`() {
        #expect(outcome(value: 50, low: 40, high: nil, coverage: 0.5).0 == .notEnoughData)
        #expect(outcome(value: 50, low: 40, high: nil, coverage: 0.9).0 == .notMet)
        #expect(outcome(value: 99, low: 90, high: nil, coverage: 0.1).0 == .met)
    }

    @Test func `the reason names value, threshold and coverage in both languages`() {
        let (_, reason) = outcome(value: 91.25, low: 90, high: 95, coverage: 0.97)
        #expect(reason.vi == "91,25 %, yêu cầu ≥ 80 %; độ phủ dữ liệu 97 %")
        #expect(reason.en == "91.25 %, required ≥ 80 %; coverage 97 %")
    }

    @Test func `what sensors find met waits for the part that an office attests`() {
        func judged(_ attested: Bool?) -> Outcome {
            outcome(value: 90, low: 90, high: 90, coverage: 1, attested: .some(attested)).0
        }
        #expect(judged(true) == .met)
        #expect(judged(false) == .notMet)
        #expect(judged(nil) == .notEnoughData)
    }

    @Test func `what sensors refute no attestation mends`() {
        let judged = outcome(value: 10, low: 10, high: 10, coverage: 1, attested: .some(true))
        #expect(judged.0 == .notMet)
    }

    @Test func `met needs a low bound that passes, or enough coverage and a value that passes`() {
        var generator = SeededGenerator(seed: 31)
        print("seed \(generator.seed)")
        for _ in 0..<2000 {
            let numbers = (0..<3).map { _ in Double.random(in: 0...100, using: &generator) }
                .sorted()
            let coverage = Double.random(in: 0...1, using: &generator)
            let outcome = outcome(
                value: numbers[1],
                low: numbers[0],
                high: numbers[2],
                coverage: coverage
            ).0
            #expect(
                (outcome == .met) == (numbers[0] >= 80 || (coverage >= 0.8 && numbers[1] >= 80))
            )
            #expect(
                (outcome == .notMet) == (numbers[2] < 80 || (coverage >= 0.8 && numbers[1] < 80))
            )
        }
    }
}
