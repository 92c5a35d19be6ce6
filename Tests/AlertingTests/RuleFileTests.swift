import Alerting
import ConfigurationText
import Telemetry
import Testing

struct RuleFileTests {
    private static let complete = """
        groups:
          - name: bins
            interval: 30s
            limit: 100
            query_offset: 2m
            labels: {team: public-works, severity: info}
            rules:
              - record: village:bin_fill_ratio:avg
                expr: avg by (village) (bin_fill_ratio)
                labels: {kind: indicator}
              - alert: BinFull
                expr: |
                  # a comment
                  bin_fill_ratio > 0.9
                for: 1h30m
                keep_firing_for: 5m
                labels: {severity: warning}
                annotations:
                  summary: "{{ $labels.device }} is {{ $value | humanizePercentage }} full"
          - name: empty
            rules: []
        """

    @Test func `every key of a rule file is read`() throws {
        let file = try RuleFile.parse(text: Self.complete, file: "bins.yaml")
        #expect(file.groups.count == 2)
        #expect(file.warnings.isEmpty)
        let group = try #require(file.groups.first)
        #expect(group.name == "bins")
        #expect(group.id == "bins.yaml/bins")
        #expect(group.interval == .seconds(30))
        #expect(group.limit == 100)
        #expect(group.queryOffset == .minutes(2))
        #expect(file.groups[1].interval == .minutes(1))
        let record = group.rules[0]
        #expect(record.name == "village:bin_fill_ratio:avg")
        #expect(record.annotations.isEmpty)
        #expect(record.labels.map(\.name) == ["kind", "severity", "team"])
        let alert = group.rules[1]
        guard case .alerting(let terms) = alert.kind else {
            Issue.record("BinFull is not an alert")
            return
        }
        #expect(terms.holdFor == .minutes(90))
        #expect(terms.keepFiringFor == .minutes(5))
        #expect(terms.annotations.map(\.name) == ["summary"])
        #expect(alert.labels.map(\.template.text) == ["warning", "public-works"])
        #expect(alert.line == 11)
        #expect(alert.id == RuleID("bins.yaml/bins/alert/BinFull"))
    }

    @Test func `the caller decides the interval of groups that name none`() throws {
        let file = try RuleFile.parse(
            text: Self.complete,
            file: "bins.yaml",
            defaultInterval: .minutes(2)
        )
        #expect(file.groups.map(\.interval) == [.seconds(30), .minutes(2)])
    }

    /// A file with one rule, whose body is given; the body starts at line 4.
    private static func faults(ofRule body: String) -> [ConfigurationFault] {
        faults(of: "groups:\n  - name: g\n    rules:\n      - \(body)")
    }

    private static func faults(of text: String) -> [ConfigurationFault] {
        do {
            _ = try RuleFile.parse(text: text, file: "r.yaml")
            return []
        } catch {
            return error.faults
        }
    }

    @Test(
        arguments: [
            ("{alert: A, expr: up, anotations: {}}", "unknown key", 4),
            ("{expr: up}", "exactly one of 'record' and 'alert'", 4),
            ("{alert: A, record: b, expr: up}", "exactly one of 'record' and 'alert'", 4),
            ("{alert: A}", "'expr' is missing", 4),
            ("{record: 'not a metric', expr: up}", "is not a metric name", 4),
            ("{record: a, expr: up, for: 1m}", "'for' stands at a recording rule", 4),
            ("{record: a, expr: up, keep_firing_for: 1m}", "'keep_firing_for' stands", 4),
            ("{record: a, expr: up, annotations: {a: b}}", "'annotations' stands", 4),
            ("{alert: A, expr: up, for: soon}", "'soon' is not a duration", 4),
            ("{alert: A, expr: up, for: 1.5h}", "'1.5h' is not a duration", 4),
            ("{alert: A, expr: up, labels: {1a: b}}", "'1a' is not a name of a label", 4),
            ("{alert: A, expr: up, labels: {__name__: b}}", "not a name of a label", 4),
            ("{alert: A, expr: up, annotations: {a-b: c}}", "not a name of an annotation", 4),
            ("{alert: A, expr: up, annotations: {a: '{{ $x }}'}}", "cannot read a template", 4),
            ("{alert: A, expr: up, labels: {a: '{{ block }}'}}", "behind 'block' the name", 4),
            ("{alert: A, expr: 'sum(up'}", "cannot parse the expression", 4),
            ("alert: A\n        expr: |\n          up\n            and sum(", "cannot parse", 7),
        ])
    func `a fault of a rule is named with its line`(body: String, reason: String, line: Int) {
        let faults = Self.faults(ofRule: body)
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.first?.message.contains(reason) == true, "\(faults)")
        #expect(faults.first?.line == line, "\(faults)")
        #expect(faults.first?.file == "r.yaml")
    }

    @Test(
        arguments: [
            ("groups: {}", "expected a list"), ("group: []", "unknown key"),
            ("groups:\n  - rules: []", "'name' is missing"),
            ("groups:\n  - name: ''\n    rules: []", "name of a group is empty"),
            ("groups:\n  - {name: a}\n  - {name: a}", "stands in line 2 already"),
            ("groups:\n  - {name: a, limit: x}", "expected a whole number"),
            ("groups:\n  - {name: a, partial_response: x}", "unknown key"),
            ("groups: [", "not a YAML document"),
        ])
    func `a fault of a file is named`(text: String, reason: String) {
        let faults = Self.faults(of: text)
        #expect(faults.contains { $0.message.contains(reason) }, "\(faults)")
    }

    @Test func `all faults of a file are found at once`() {
        let text = """
            groups:
              - name: g
                rules:
                  - {alert: A, expr: 'up ==', for: soon}
                  - {alert: B, expr: up, labels: {a: '{{ end }}'}}
            """
        #expect(
            Self.faults(of: text).map(\.field).sorted() == [
                "groups[0].rules[0].expr", "groups[0].rules[0].for", "groups[0].rules[1].labels.a",
            ]
        )
    }

    @Test(
        arguments: [
            ("", "the file is empty"), ("groups:", "no groups"),
            (
                "groups: [{name: g, rules: [{alert: A, expr: up, labels: {a: '{{ len 1 }}'}}]}]",
                "can hardly be expanded"
            ),
        ])
    func `what is allowed and likely a mistake is a warning`(text: String, reason: String) throws {
        let file = try RuleFile.parse(text: text, file: "r.yaml")
        #expect(file.warnings.count == 1)
        #expect(file.warnings.first?.message.contains(reason) == true, "\(file.warnings)")
    }

    @Test func `labels of a recording rule are plain texts`() throws {
        let text = """
            groups:
              - name: g
                labels: {b: "{{ $value }}"}
                rules: [{record: r, expr: up, labels: {a: "{{ $labels.job }}"}}]
            """
        let file = try RuleFile.parse(text: text, file: "r.yaml")
        let rule = try #require(file.groups[0].rules.first)
        let data = TemplateData(labels: ["job": "j"], value: 1)
        #expect(
            rule.labels.map { $0.template.text(with: data) }
                == ["{{ $labels.job }}", "{{ $value }}"]
        )
    }

    @Test func `the same rule twice is a warning and has two identities`() throws {
        let text = """
            groups:
              - name: g
                rules:
                  - {alert: A, expr: up == 0, labels: {severity: minor}}
                  - {alert: A, expr: up == 1, labels: {severity: minor}}
                  - {alert: A, expr: up == 2, labels: {severity: major}}
            """
        let file = try RuleFile.parse(text: text, file: "r.yaml")
        #expect(file.warnings.map(\.line) == [5])
        #expect(Set(file.groups[0].rules.map(\.id)).count == 3)
    }

    @Test func `too many rules are refused`() {
        let rule = "      - {record: a, expr: '1'}\n"
        let text =
            "groups:\n  - name: g\n    rules:\n"
            + String(repeating: rule, count: AlertingLimits.rulesPerFile + 1)
        #expect(Self.faults(of: text).contains { $0.message.contains("the limit is") })
    }
}
