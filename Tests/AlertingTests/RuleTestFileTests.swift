import Alerting
import ConfigurationText
import Telemetry
import Testing

/// Whether unit tests of rules come out as with `promtool test rules`, both passes and failures.
@Suite(.enabled(if: Promtool.isInstalled)) struct RuleTestFileTests {
    private static let rules = """
        groups:
          - name: one
            interval: 5m
            rules:
              - {record: double_heat, expr: heat * 2, labels: {unit: K, text: "{{ $value }}"}}
              - alert: Hot
                expr: heat > 10
                for: 2m
                keep_firing_for: 3m
                labels:
                  severity: minor
                  where: "{{ $labels.device }}@{{ $externalLabels.site }}"
                annotations:
                  summary: "{{ $labels.device }} has {{ $value | humanize }}"
              - {alert: Hotter, expr: quadruple_heat > 40}
              - {alert: Twice, expr: 'ALERTS{alertname="Hot", alertstate="firing"}'}
          - name: two
            rules:
              - {record: quadruple_heat, expr: double_heat * 2}
              - {alert: Gone, expr: 'absent(heat{device="oven"})', for: 1m}
              - {alert: Twice, expr: 'ALERTS_FOR_STATE{alertname="Hot"} == 180'}
        """

    /// A file of tests with one test of a device's heat.
    private static func tests(
        _ values: String,
        queries: [String] = [],
        alerts: [String] = [],
        head: String = "evaluation_interval: 1m",
        test: String = "interval: 1m"
    ) -> String {
        """
        \(head)
        tests:
          - \(test)
            external_labels: {site: na-ech}
            input_series: [{series: 'heat{device="oven"}', values: '\(values)'}]
            promql_expr_test: [\(queries.joined(separator: ", "))]
            alert_rule_test: [\(alerts.joined(separator: ", "))]
        """
    }

    private static let hot =
        "{exp_labels: {severity: minor, device: oven, where: oven@na-ech}, "
        + "exp_annotations: {summary: oven has 20}}"

    private static func alert(_ name: String, at time: String, _ alerts: String...) -> String {
        let expected = alerts.joined(separator: ", ")
        return "{alertname: \(name), eval_time: \(time), exp_alerts: [\(expected)]}"
    }

    private static func query(_ text: String, at time: String, _ samples: String...) -> String {
        "{expr: '\(text)', eval_time: \(time), exp_samples: [\(samples.joined(separator: ", "))]}"
    }

    private static func sample(_ labels: String, _ value: String) -> String {
        "{labels: '\(labels)', value: \(value)}"
    }

    /// Files that both pass.
    ///
    /// None has a sample exactly at the start of a window or of the lookback: there 2.42 still
    /// counts it, and Prometheus 3 does not. Groups without an order come as they like in promtool.
    private static let good: [String] = [
        tests("5x2 20x10", alerts: [alert("Hot", at: "4m")]),
        tests("5x2 20x10", alerts: [alert("Hot", at: "5m", hot), alert("Hot", at: "4m59s")]),
        tests("20x3 5x10", alerts: [alert("Hot", at: "6m", hot), alert("Hot", at: "7m")]),
        tests("20x3 5x1 20 5x10", alerts: [alert("Hot", at: "9m", hot), alert("Hot", at: "10m")]),
        tests("20 20 5 20x5", alerts: [alert("Hot", at: "4m"), alert("Hot", at: "5m", hot)]),
        tests("20x5 stale _x9", alerts: [alert("Hot", at: "8m", hot), alert("Hot", at: "9m")]),
        tests("20x3 _x20", alerts: [alert("Hot", at: "10m", hot), alert("Hot", at: "12m")]),
        tests("20x3 _x20", alerts: [alert("Gone", at: "8m"), alert("Gone", at: "10m", oven)]),
        tests("_x2 20x5", alerts: [alert("Gone", at: "1m", oven), alert("Gone", at: "2m")]),
        tests("5x9", alerts: [alert("Nowhere", at: "3m")]),
        tests("1+1x9", queries: [query("double_heat", at: "4m", sample(double, "10"))]),
        tests("9-1x9", queries: [query("double_heat", at: "4m30s", sample(double, "10"))]),
        tests("5x9", queries: [query("sum(heat)", at: "4m", "{value: 5}")]),
        tests("5x9", queries: [query("1 + 1", at: "4m", sample("{}", "2"))]),
        tests("5x9", queries: [query("heat > 9", at: "4m")]),
        tests("0x3 1x2", queries: [query("heat", at: "3m", sample(heat, "0"))]),
        tests("5 _ _ 7 stale", queries: [query("heat", at: "2m", sample(heat, "5"))]),
        tests("5 _ _ 7 stale", queries: [query("heat", at: "4m")]),
        tests(
            "-1.5e1 Inf 2",
            queries: [
                query("heat", at: "0s", sample(heat, "-15")),
                query("heat", at: "1m", sample(heat, ".inf")),
            ]
        ),
        tests(
            "1+1x20",
            queries: [
                query("sum_over_time(heat[5m:])", at: "10m", sample(noName, "27")),
                query("count_over_time(heat[270s])", at: "10m", sample(noName, "5")),
            ],
            head: "evaluation_interval: 2m"
        ),
        tests(
            "11x9",
            queries: [query("quadruple_heat", at: "0s", sample(quadruple, "44"))],
            alerts: [alert("Hotter", at: "0s"), alert("Hotter", at: "1m", hotter)],
            head: "evaluation_interval: 1m\ngroup_eval_order: [one, two]"
        ),
        tests(
            "11x9",
            queries: [query("quadruple_heat", at: "0s")],
            head: "evaluation_interval: 1m\ngroup_eval_order: [two, one]"
        ),
        tests(
            "11x9",
            alerts: [alert("Hotter", at: "0s"), alert("Hotter", at: "1m", hotter)],
            head: "evaluation_interval: 1m\ngroup_eval_order: [two, one]"
        ),
        tests(
            "5x2 20x9",
            alerts: [alert("Twice", at: "5m", twice, since), alert("Twice", at: "4m", since)]
        ),
        tests("20x9", alerts: [alert("Hot", at: "30m")], head: "evaluation_interval: 10m"),
    ]

    /// Files that both fail.
    private static let bad: [String] = [
        tests("5x2 20x10", alerts: [alert("Hot", at: "5m")]),
        tests("5x2 20x10", alerts: [alert("Hot", at: "4m", hot)]),
        tests("5x2 21x10", alerts: [alert("Hot", at: "5m", hot)]),
        tests("20x9", alerts: [alert("Hot", at: "5m", hot.replacing("minor", with: "major"))]),
        tests("20x9", alerts: [alert("Hot", at: "5m", hot, hot)]),
        tests("20x9", alerts: [alert("Hot", at: "5m", "{exp_labels: {device: oven}}")]),
        tests("20x9", alerts: [alert("Nowhere", at: "5m", "{}")]),
        tests("5x9", queries: [query("heat", at: "4m", sample(heat, "5.1"))]),
        tests("5x9", queries: [query("heat", at: "4m", sample("heat", "5"))]),
        tests("5x9", queries: [query("heat", at: "4m")]),
        tests("5x9", queries: [query("cold", at: "4m", sample(heat, "5"))]),
        tests("NaNx9", queries: [query("heat", at: "4m", sample(heat, ".nan"))]),
        tests("5x9", queries: [query("heat{", at: "4m")]),
        tests("5x9", queries: [query("heat[5m]", at: "4m")]),
        tests("5x9", queries: [query("0.1 + 0.2", at: "4m", sample("{}", "0.3"))]),
        tests("5y9", queries: [query("heat", at: "4m")]),
        tests("5x9", queries: [query("heat", at: "4m", sample("heat{", "5"))]),
        tests("5x9", head: "evaluation_interval: soon"),
        tests("5x9", head: "evaluation_interval: 1m\nevaluate: 1"),
        tests("5x9", head: "evaluation_interval: 1m\ngroup_eval_order: [one, one]"),
        tests("5x9", test: "intervals: 1m"),
        tests("5x9", alerts: [alert("", at: "1m")]),
        "tests: {a: b}", "tests: [",
    ]

    private static let heat = #"heat{device="oven"}"#
    private static let noName = #"{device="oven"}"#
    private static let double = #"double_heat{device="oven", unit="K", text="{{ $value }}"}"#
    private static let quadruple = double.replacing("double", with: "quadruple")
    private static let oven = "{exp_labels: {device: oven}}"
    private static let hotter = #"{exp_labels: {device: oven, unit: K, text: "{{ $value }}"}}"#
    private static let twice =
        "{exp_labels: {device: oven, severity: minor, where: oven@na-ech, "
        + "alertstate: firing}}"
    private static let since = twice.replacing(", alertstate: firing", with: "")

    @Test(arguments: good)
    func `what promtool passes is passed`(tests: String) throws {
        let verdict = try RuleTestComparison(rules: Self.rules, tests: tests).verdict()
        #expect(verdict.promtool.code == 0, "\(verdict.promtool.output)")
        #expect(verdict.ours.isEmpty, "\(verdict.ours)")
    }

    @Test(arguments: bad)
    func `what promtool fails is failed`(tests: String) throws {
        let verdict = try RuleTestComparison(rules: Self.rules, tests: tests).verdict()
        #expect(verdict.promtool.code != 0, "\(verdict.promtool.output)")
        #expect(!verdict.ours.isEmpty)
    }

    @Test func `rules that fail end a test alike`() throws {
        let rules = """
            groups: [{name: g, limit: 1, rules: [{record: a, expr: heat}, {alert: A, expr: heat}]}]
            """
        let tests = """
            tests:
              - interval: 1m
                input_series:
                  - {series: 'heat{a="1"}', values: 1x5}
                  - {series: 'heat{a="2"}', values: _x3 1x5}
                alert_rule_test: [{alertname: B, eval_time: 5m}]
            """
        let verdict = try RuleTestComparison(rules: rules, tests: tests).verdict()
        #expect(verdict.promtool.code == 1)
        #expect(verdict.promtool.output.contains("rule: a, time: 3m0s"))
        #expect(verdict.ours.first?.hasPrefix("rule: a, time: 3m, err: ") == true)
        #expect(verdict.ours.count == 2)
    }

    private static func failures(_ tests: String) throws -> [RuleTestFailure] {
        try RuleTestFile.parse(text: tests, file: "t.yaml")
            .run(groups: try RuleFile.parse(text: rules, file: "r.yaml").groups)
    }

    @Test func `a failure says what was expected and what came`() throws {
        let tests = Self.tests(
            "20x9",
            queries: [Self.query("heat", at: "90s", Self.sample("heat", "5"))],
            alerts: [Self.alert("Hot", at: "3m")],
            test: "name: the oven\n    interval: 1m"
        )
        let failures = try Self.failures(tests)
        #expect(failures.map(\.line) == [3, 3])
        #expect(
            failures.map(\.description) == [
                """
                name: the oven,
                alertname: Hot, time: 3m,
                    exp:[],
                    got:[
                        0:
                          Labels:{alertname="Hot", device="oven", severity="minor", \
                where="oven@na-ech"}
                          Annotations:{summary="oven has 20"}
                        ]
                """,
                """
                name: the oven,
                expr: "heat", time: 1m30s,
                    exp: heat 5
                    got: heat{device="oven"} 20
                """,
            ]
        )
    }

    @Test func `keys of Prometheus 3 are read`() throws {
        let query = Self.query("0.1 + 0.2", at: "4m", Self.sample("{}", "0.3"))
        let head = "evaluation_interval: 1m\nfuzzy_compare: true"
        #expect(try Self.failures(Self.tests("5x9", queries: [query], head: head)).isEmpty)
        for start in ["2026-03-10T00:00:30Z", "1773100830"] {
            let tests = Self.tests(
                "5x2 20x9",
                queries: [
                    Self.query("timestamp(heat)", at: "4m", Self.sample(Self.noName, "1773101070"))
                ],
                alerts: [Self.alert("Hot", at: "5m", Self.hot), Self.alert("Hot", at: "4m")],
                test: "interval: 1m\n    start_timestamp: \(start)"
            )
            let failures = try Self.failures(tests)
            #expect(failures.isEmpty, "\(failures)")
        }
    }

    @Test(
        arguments: [
            ("tests: [{alert_rule_test: [{alertname: A, eval_time: 9y}]}]", "4730401 evaluations"),
            (
                "tests: [{input_series: [{series: a, values: 1x2000000}]}]",
                "more than the 1000000 values"
            ),
            (
                "tests: [{input_series: [{series: a, values: 1x900000}, "
                    + "{series: b, values: 1x900000}]}, "
                    + "{input_series: [{series: c, values: 1x900000}]}]",
                "more than the 2000000 values that a file may have"
            ),
            (
                "tests: [{promql_expr_test: [{expr: a, exp_samples: [{labels: 'a{b=\"c\"} 1'}]}]}]",
                "a value stands behind the labels; it belongs to 'value'"
            ),
            ("tests: [{start_timestamp: soon}]", "neither a number of seconds"),
            ("tests: [{promql_expr_test: [{expr: a, exp_samples: [{value: x}]}]}]", "not a number"),
            ("tests: [{alert_rule_test: [{eval_time: 1m}]}]", "'alertname' is missing"),
            ("tests: [{input_series: [{series: a 1 2}]}]", "belong to 'values'"),
        ])
    func `a fault of a file of tests is named`(text: String, reason: String) {
        let error = #expect(throws: ConfigurationFaults.self) {
            try RuleTestFile.parse(text: text, file: "t.yaml")
        }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.hasPrefix("t.yaml:1:") == true)
    }
}
