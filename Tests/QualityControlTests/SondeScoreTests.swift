import Foundation
import QualityControl
import Telemetry
import TestKit
import Testing

/// The checks scored against the technicians' labels, beside the plain 3-sigma rule.
///
/// Numbers of the checks were chosen on what was recorded before 2019-07-01 at both sites; what is
/// published is the rest of the year at Main Street. The page "Scores" of the module shows it.
@Suite struct SondeScoreTests {
    private static let folder = "real-data/water-quality-sonde"
    private static let split = Instant(milliseconds: 1_561_964_400_000)

    /// Nil, with a printed reason, where the recording is not beside the checkout.
    private static let path = SharedMaterial.path("\(folder)/main_street_2019.csv")
    /// The recording, read once.
    private static let mainStreet = Result {
        try SondeRecording.series(of: try #require(path), site: "main-street")
    }

    private static func scores(
        _ all: [SondeSeries],
        _ rule: SondeRule,
        _ period: Range<Instant>
    ) -> (each: [SondeScore], sum: SondeScore) {
        let each = all.map { series in
            SondeScore(series.readings(in: period), rule.marks(series, in: period), labels: nil)
        }
        return (each, each.reduce(into: SondeScore()) { $0 += $1 })
    }

    @Test(.enabled(if: path != nil))
    func `the checks find more than the 3-sigma rule and mark fewer sound readings`() throws {
        let all = try Self.mainStreet.get()
        let period = Self.split..<Instant.distantFuture
        var sums: [SondeRule: SondeScore] = [:]
        print("| rule | quantity | hits | false | missed | precision | recall |")
        for rule in SondeRule.allCases {
            let scores = Self.scores(all, rule, period)
            sums[rule] = scores.sum
            let names = all.map(\.quantity.id) + ["all"]
            for (name, score) in zip(names, scores.each + [scores.sum]) {
                print(Self.row(rule, name, score))
            }
        }
        let checks = try #require(sums[.checks])
        let precision = try #require(checks.precision)
        let recall = try #require(checks.recall)
        for rule in [SondeRule.rolling, .hindsight, .expanding] {
            let plain = try #require(sums[rule])
            #expect(try precision > #require(plain.precision), "\(rule.rawValue)")
            #expect(try recall > #require(plain.recall), "\(rule.rawValue)")
        }
        // What the page publishes.
        #expect(checks.hits == 1621 && checks.falseMarks == 4 && checks.misses == 994)
    }

    @Test(.enabled(if: path != nil))
    func `each kind of check is scored by itself`() throws {
        // What the page publishes: labelled and sound readings with each mark.
        let published: [QualityReason: [Int]] = [
            .outOfRange: [247, 0], .sentinel: [252, 0], .spike: [11, 4], .flatLine: [758, 0],
            .stuckCounter: [0, 0], .levelShift: [360, 0], .rateOfChange: [0, 0],
        ]
        var scores: [QualityReason: SondeScore] = [:]
        for series in try Self.mainStreet.get() {
            let reasons = SondeRule.reasons(series, isOfSheet: false)
            for reason in published.keys {
                let marked = Set(reasons.filter { $0.value.contains(reason) }.keys)
                let readings = series.readings(in: Self.split..<Instant.distantFuture)
                scores[reason, default: SondeScore()] += SondeScore(readings, marked, labels: nil)
            }
        }
        for reason in QualityReason.allCases where published[reason] != nil {
            print(Self.row(.checks, reason.rawValue, try #require(scores[reason])))
        }
        #expect(scores.mapValues { [$0.hits, $0.falseMarks] } == published)
    }

    @Test(.enabled(if: path != nil))
    func `the recording is what the scores were made of`() throws {
        let all = try Self.mainStreet.get()
        #expect(all.count == SondeRecording.columns.count)
        #expect(Self.split == SondeRecording.time("2019-07-01 00:00"))
        #expect(all.map(\.readings.count) == Array(repeating: 25_881, count: 6))
        let labelled = all.map { $0.readings.count { $0.label != nil } }
        #expect(labelled == [198, 519, 123, 5674, 71, 5021])
    }

    private static func row(_ rule: SondeRule, _ name: String, _ score: SondeScore) -> String {
        func percent(_ share: Double?) -> String {
            share.map { "\(($0 * 1000).rounded() / 10) %" } ?? "–"
        }
        let counts = "\(score.hits) | \(score.falseMarks) | \(score.misses)"
        return "| \(rule.rawValue) | \(name) | \(counts) | \(percent(score.precision)) | "
            + "\(percent(score.recall)) |"
    }
}
