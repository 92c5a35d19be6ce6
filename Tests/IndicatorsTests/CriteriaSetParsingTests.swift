import ConfigurationText
import Telemetry
import Testing

@testable import Indicators

struct CriteriaSetParsingTests {
    /// A set with one indicator whose lines a test replaces.
    private static func text(
        indicator: String = """
              - code: "1.1"
                name: {vi: "Tên", en: "Name", class: S, source: "trang"}
                evidence: registry
                computation: {count: households.sorting}
                unit: "%"
                thresholds:
                  - {region: "region:north", value: 80, class: S, source: "báo"}
        """,
        counts: String = "{criteria: 1, indicators: 1, class: S, source: x}",
        extra: String = ""
    ) -> String {
        """
        id: T
        version: "1"
        title: {vi: "Bộ", en: "Set"}
        source: {decision: "1/QĐ", date: 2022-03-08, text: "x"}
        valid: {from: 2022-03-08}
        counts: \(counts)
        \(extra)
        criteria:
          - number: "1"
            name: {vi: "Một", en: "One", class: R}
            indicators:
        \(indicator)
        """
    }

    /// The faults of a text, as an operator reads them.
    private func faults(_ text: String) -> [String] {
        do {
            _ = try CriteriaSet.parse(text: text, file: "set.yaml")
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    private func indicator(_ lines: String) -> String {
        Self.text(
            indicator: """
                      - code: "1.1"
                        name: {vi: "Tên", en: "Name", class: R}
                        unit: "%"
                \(lines)
                """
        )
    }

    @Test func `a set is read with all its fields`() throws {
        let set = try CriteriaSet.parse(text: Self.text(), file: "set.yaml")
        #expect(set.versionedID == "T@1")
        #expect(set.indicatorID("1.1") == "T:1.1@1")
        #expect(set.source.date == District.day("2022-03-08"))
        #expect(set.validTo == nil)
        #expect(set.criteria[0].name.isVerified == false)
        let indicator = try #require(set.indicators.first)
        #expect(indicator.name.isVerified)
        #expect(indicator.evidence == .registry)
        #expect(indicator.comparison == .atLeast)
        let count = CountParameters(key: "households.sorting", scale: 100, isShare: true)
        #expect(indicator.computation == .count(count))
        #expect(indicator.thresholds.first?.requirement == .number(80))
        #expect(indicator.thresholds.first?.region == "region:north")
    }

    @Test func `an unknown key is a fault with its line`() {
        #expect(
            faults(Self.text(extra: "titel: x"))
                == [
                    "set.yaml:7:1: titel: unknown key, known are: counts, criteria, id, source, "
                        + "threshold_note, title, valid, version, water_limits"
                ]
        )
    }

    @Test(arguments: ["R", "N"])
    func `a threshold that nobody read is a fault`(confidence: String) {
        let text = indicator(
            """
                    evidence: registry
                    thresholds:
                      - {value: 80, class: \(confidence), source: "x"}
            """
        )
        let found = faults(text)
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("set.yaml:17:32:"))
        #expect(
            found[0].hasSuffix(
                "criteria[0].indicators[0].thresholds[0].class: "
                    + "a threshold of class \(confidence) cannot be loaded, only V and S can"
            )
        )
    }

    @Test func `a threshold must name its source`() {
        let text = indicator(
            """
                    evidence: registry
                    thresholds:
                      - {value: 80, class: V}
            """
        )
        #expect(faults(text).first?.hasSuffix("the key 'source' is missing") ?? false)
    }

    @Test func `a verified name must name its source`() {
        let text = Self.text(
            indicator: """
                      - code: "1.1"
                        name: {vi: "Tên", en: "Name", class: V}
                        evidence: registry
                        unit: "%"
                """
        )
        #expect(faults(text).first?.hasSuffix("a name of class V must name its source") ?? false)
    }

    @Test func `counts that the list does not give are a fault`() {
        let found = faults(Self.text(counts: "{criteria: 2, indicators: 3, class: V, source: x}"))
        #expect(found.count == 2)
        #expect(found[0].hasSuffix("counts: 2 criteria are declared, 1 are listed"))
        #expect(found[1].hasSuffix("counts: 3 indicators are declared, 1 are listed"))
    }

    @Test func `a sensor indicator needs a computation`() {
        let found = faults(indicator("        evidence: sensor"))
        #expect(
            found.first?.hasSuffix("the key 'computation' is missing, sensor needs it") ?? false
        )
    }

    @Test(arguments: [
        ("{formula: F9}", "expected one of F1, F2, F6, F7, found 'F9'"),
        (
            "{formula: F1, count: x}",
            "expected exactly one of formula, expression, count, attestation"
        ),
        ("{formula: F1, window: soon}", "expected a duration as 30d or 15m, found 'soon'"),
        ("{formula: F1, window: 5m}", "the window must last at least one step and at most 366d"),
        ("{formula: F1, lamp_coverage: 80}", "'80' is outside 0.0 to 1.0"),
        ("{formula: F6}", "this formula needs the set's 'water_limits'"),
        ("{formula: F7}", "the key 'point_kind' is missing"),
        (
            "{formula: F7, point_kind: wifi, metric: 'up}'}",
            "expected a metric name, found the text \"up}\""
        ),
        ("{formula: F1, p_on: 3}", "unknown key"),
    ])
    func `a faulty computation is named`(computation: String, message: String) {
        let found = faults(
            indicator("        evidence: sensor\n        computation: \(computation)")
        )
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test func `a query that is no PromQL is a fault at its key`() {
        let found = faults(
            indicator(
                """
                        evidence: sensor
                        computation:
                          expression:
                            numerator: "sum(up{village=~\\"$villages\\"}"
                            denominator: "$households"
                            coverage: "1"
                """
            )
        )
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("set.yaml:18:24:"))
        #expect(found[0].contains("numerator: not a PromQL expression"))
    }

    @Test func `parameters of formulas are read`() throws {
        let text = indicator(
            """
                    evidence: sensor
                    computation:
                      formula: F1
                      road_class: commune
                      window: 7d
                      step: 5m
                      on_power_watts: 4
                      lamp_availability: 0.9
                      lamp_coverage: 0.7
                      working_lamp_share: 0.8
                    attested_part: {vi: "cây xanh", en: "trees"}
            """
        )
        let set = try CriteriaSet.parse(text: text, file: "set.yaml")
        var wanted = LitShareParameters(roadClass: "commune")
        wanted.grid = GridParameters(window: .days(7), step: .minutes(5))
        wanted.onPowerWatts = 4
        wanted.lampAvailability = 0.9
        wanted.lampCoverage = 0.7
        wanted.workingLampShare = 0.8
        #expect(set.indicators.first?.computation == .litShare(wanted))
        #expect(set.indicators.first?.attestedPart?.en == "trees")
    }

    @Test func `an attestation is held against a finding and a number against a number`() {
        let number = indicator(
            """
                    evidence: attestation
                    thresholds: [{value: 80, class: V, source: x}]
            """
        )
        #expect(faults(number).first?.contains("held against 'attested'") ?? false)
        let finding = indicator(
            """
                    evidence: registry
                    thresholds: [{value: attested, class: V, source: x}]
            """
        )
        #expect(faults(finding).first?.contains("a number is needed") ?? false)
    }

    @Test func `limits of water that nobody read are a fault`() {
        let limits = """
            water_limits:
              - {ph: [6, 8.5], turbidity_ntu: 2, free_chlorine_mg_per_l: [1, 0.2], class: R,
                 source: x, from: 2019-06-15}
            """
        let found = faults(Self.text(extra: limits))
        #expect(
            found.contains { $0.hasSuffix("expected a list of the lowest and the highest value") }
        )
        #expect(found.contains { $0.contains("limits of water of class R cannot be loaded") })
    }

    @Test func `every fault of a file is told at once`() {
        let found = faults(
            """
            id: ""
            version: "1"
            title: {vi: x}
            source: {decision: x, date: 8/3/2022, text: x}
            valid: {from: 2025-01-01, to: 2024-01-01}
            counts: {criteria: none, indicators: 1, class: Q, source: x}
            criteria: []
            """
        )
        #expect(found.count == 6)
    }

    @Test func `a code that stands twice is a fault`() {
        let line = """
                  - {code: "1.1", name: {vi: a, en: a, class: R}, evidence: registry, unit: "%"}
            """
        let text = Self.text(
            indicator: "\(line)\n\(line)",
            counts: "{criteria: 1, indicators: 2, class: V, source: x}"
        )
        #expect(faults(text).first?.hasSuffix("the code '1.1' stands twice") ?? false)
    }

    @Test func `what is registered without a key of its own is registered under set and code`()
        throws
    {
        let attested = try CriteriaSet.parse(
            text: indicator("        evidence: attestation"),
            file: "set.yaml"
        )
        #expect(attested.indicators.first?.computation == .attestation(key: "T:1.1"))
        let counted = try CriteriaSet.parse(
            text: indicator("        evidence: registry"),
            file: "set.yaml"
        )
        let count = CountParameters(key: "T:1.1", scale: 100, isShare: true)
        #expect(counted.indicators.first?.computation == .count(count))
    }
}
