import Alerting
import ConfigurationText
import Telemetry
import Testing

struct DefaultRulesTests {
    private static let codes: Set<String> = [
        "A1", "A2", "A9", "B1", "B6", "C1", "C6", "C10", "G1", "G3", "G4", "G5", "G9",
    ]

    @Test func `every default file is a valid rule file without warnings`() throws {
        for name in DefaultRules.ruleFileNames {
            let file = try RuleFile.parse(text: try DefaultRules.text(of: name), file: name)
            #expect(file.warnings.isEmpty, "\(file.warnings)")
            #expect(file.groups.allSatisfy { !$0.rules.isEmpty })
        }
        #expect(try DefaultRules.groups().count >= 7)
    }

    @Test func `every default alert has code, severity, service and texts in two languages`()
        throws
    {
        var codes: Set<String> = []
        for rule in try DefaultRules.groups().flatMap(\.rules) {
            guard case .alerting(let terms) = rule.kind else { continue }
            let labels = Dictionary(
                uniqueKeysWithValues: rule.labels.map { ($0.name, $0.template.text) }
            )
            #expect(Set(labels.keys) == ["code", "severity", "service"], "\(rule.name)")
            #expect(["critical", "major", "minor", "warning"].contains(labels["severity"] ?? ""))
            #expect(["lighting", "waste", "water", "device"].contains(labels["service"] ?? ""))
            codes.insert(labels["code"] ?? "")
            #expect(
                terms.annotations.map(\.name)
                    == ["description", "description_vi", "summary", "summary_vi"]
            )
            for annotation in terms.annotations {
                let text = annotation.template.text(
                    with: TemplateData(labels: ["device": "d", "village": "v"], value: 1)
                )
                #expect(!text.isEmpty && !text.contains("<error"), "\(rule.name) \(text)")
            }
        }
        #expect(codes == Self.codes)
    }

    @Test func `the default relations are valid`() throws {
        let relations = try DefaultRules.relations()
        #expect(relations.inhibitions.count == 5)
        #expect(relations.suspensions.count == 1)
    }

    @Test func `a file that does not exist is named`() {
        #expect(throws: AlertingError.missingResource(name: "Rules/none.yaml")) {
            try DefaultRules.text(of: "none.yaml")
        }
    }
}
