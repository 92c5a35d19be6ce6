import Telemetry
import Testing

@testable import Indicators

struct AttestationFormulaTests {
    private static func attestation(
        _ area: String,
        _ passes: Bool,
        _ from: String = "2026-01-01",
        to: String? = nil
    ) -> IndicatorFacts.Attestation {
        .init(
            key: "17.9",
            area: area,
            passes: passes,
            validFrom: District.day(from),
            validTo: to.map(District.day),
            document: "BB 5"
        )
    }

    private func figure(_ attestations: [IndicatorFacts.Attestation]) throws -> Figure {
        var facts = District.facts
        facts.attestations = attestations
        return try AttestationFormula(key: "17.9", indicatorKey: "T:17.9")
            .figure(in: District.context(facts, source: SampledSource()))
    }

    @Test func `the finding for the unit decides`() throws {
        #expect(try figure([Self.attestation("new", true)]).finding == true)
        #expect(try figure([Self.attestation("new", false)]).finding == false)
    }

    @Test func `the newest finding counts`() throws {
        let both = [
            Self.attestation("new", true), Self.attestation("new", false, "2026-02-01"),
        ]
        #expect(try figure(both).finding == false)
    }

    @Test func `a merged commune needs the findings of all its parts`() throws {
        let first = Self.attestation("old-a", true, "2024-01-01")
        #expect(try figure([first]).finding == nil)
        let second = Self.attestation("old-b", true, "2024-01-01")
        #expect(try figure([first, second]).finding == true)
        let refused = Self.attestation("old-b", false, "2024-01-01")
        #expect(try figure([first, refused]).finding == false)
    }

    @Test func `an expired finding and none are told apart`() throws {
        let expired = try figure([Self.attestation("new", true, to: "2026-03-09")])
        #expect(expired.finding == nil)
        #expect(expired.notes.last?.en == "the attestation is out of date")
        #expect(try figure([]).notes.last?.en == "no attestation is registered")
    }
}
