import Alerting
import ConfigurationText
import Telemetry
import Testing

struct AlertRelationsTests {
    @Test func `both lists are read, quoted or not`() throws {
        let text = """
            inhibit_rules:
              - source_matchers: ['code="A9"']
                target_matchers: ['code=~"A1|G1"', feeder!=]
                equal: [feeder]
            suspend_rules:
              - source_matchers: [code=G1]
                target_matchers: ['code!~"G.*"']
            """
        let relations = try AlertRelations.parse(text: text, file: "inhibit.yaml")
        let inhibition = try #require(relations.inhibitions.first)
        #expect(inhibition.isSource(["code": "A9"]))
        #expect(!inhibition.isSource(["code": "A1"]))
        #expect(inhibition.isTarget(["code": "A1", "feeder": "f1"]))
        #expect(!inhibition.isTarget(["code": "A1"]))
        #expect(!inhibition.isTarget(["code": "A12", "feeder": "f1"]))
        #expect(inhibition.equal == ["feeder"])
        let suspension = try #require(relations.suspensions.first)
        #expect(suspension.isSource(["code": "G1"]))
        #expect(suspension.isTarget(["code": "A1"]))
        #expect(!suspension.isTarget(["code": "G4"]))
    }

    @Test(
        arguments: [
            ("inhibit_rules: [{target_matchers: [a=b]}]", "'source_matchers' is missing"),
            ("inhibit_rules: [{source_matchers: [a=b]}]", "'target_matchers' is missing"),
            (
                "inhibit_rules: [{source_matchers: [], target_matchers: [a=b]}]",
                "name at least one"
            ),
            (
                "inhibit_rules: [{source_matchers: ['a~b'], target_matchers: [a=b]}]",
                "is not a matcher"
            ),
            (
                "inhibit_rules: [{source_matchers: ['a=~\"(\"'], target_matchers: [a=b]}]",
                "is not a matcher"
            ),
            (
                "suspend_rules: [{source_matchers: [a=b], target_matchers: [a=b], equal: [1x]}]",
                "not a label name"
            ),
            ("inhibit_rules: [{source_match: {a: b}}]", "unknown key"),
            ("inhibitions: []", "unknown key"),
        ])
    func `a fault in relations is named`(text: String, reason: String) {
        do {
            _ = try AlertRelations.parse(text: text, file: "i.yaml")
            Issue.record("no fault in \(text)")
        } catch {
            #expect(error.faults.contains { $0.message.contains(reason) }, "\(error)")
        }
    }
}
