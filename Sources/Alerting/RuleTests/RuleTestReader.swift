internal import ConfigurationText
internal import PromQL
internal import Telemetry

/// Reads the nodes of a file of rule tests and gathers the faults.
struct RuleTestReader {
    var faults = FaultCollector()
    /// Values of all series so far.
    private var valueCount = 0

    mutating func file(_ root: ConfigurationNode, named file: String) -> RuleTestFile {
        root.allowKeys(
            ["rule_files", "evaluation_interval", "group_eval_order", "fuzzy_compare", "tests"],
            &faults
        )
        let given = duration(root["evaluation_interval"]) ?? .zero
        let interval = given == .zero ? RuleGroup.defaultInterval : given
        let order = texts(root["group_eval_order"])
        if Set(order).count < order.count, let node = root["group_eval_order"] {
            faults.note(node, "a group stands twice in the order of evaluation")
        }
        return RuleTestFile(
            file: file,
            ruleFiles: texts(root["rule_files"]),
            evaluationInterval: interval,
            groupOrder: order,
            isFuzzy: root["fuzzy_compare"]?.flag(&faults) ?? false,
            tests: items(root["tests"]).map { test($0, interval) }
        )
    }

    private mutating func test(_ node: ConfigurationNode, _ evaluation: Milliseconds) -> RuleTest {
        node.allowKeys(
            [
                "name", "interval", "start_timestamp", "external_labels", "external_url",
                "input_series", "promql_expr_test", "alert_rule_test",
            ],
            &faults
        )
        let interval = duration(node["interval"]) ?? .zero
        let test = RuleTest(
            name: node["name"]?.text(&faults) ?? "",
            line: node.line,
            interval: interval == .zero ? evaluation : interval,
            start: start(node["start_timestamp"]),
            externalLabels: Labels(pairs(node["external_labels"]).map { Label($0.key, $0.value) }),
            externalURL: node["external_url"]?.text(&faults) ?? "",
            series: items(node["input_series"]).compactMap { series($0) },
            queries: items(node["promql_expr_test"]).compactMap { query($0) },
            alerts: items(node["alert_rule_test"]).compactMap { alert($0) }
        )
        let steps = test.length.count / evaluation.count + 1
        if steps > Int64(RuleTestFile.maximumSteps) {
            faults.note(
                node,
                "the test takes \(steps) evaluations, the limit is \(RuleTestFile.maximumSteps); "
                    + "take an earlier eval_time or a longer evaluation_interval"
            )
        }
        return test
    }

    private mutating func series(_ node: ConfigurationNode) -> (Labels, [Double?])? {
        node.allowKeys(["series", "values"], &faults)
        guard let at = node.required("series", &faults), let name = at.text(&faults) else {
            return nil
        }
        let values = node["values"]?.text(&faults) ?? ""
        do {
            let series = try ScriptSeries(name)
            guard series.items.isEmpty else {
                faults.note(at, "values stand in the name of the series; they belong to 'values'")
                return nil
            }
            // Above the limit nothing more is worked out: a short text makes many values.
            guard valueCount <= RuleTestFile.maximumValues else { return nil }
            let items = try ScriptSeries("{} " + values).items
            valueCount += items.count
            guard valueCount <= RuleTestFile.maximumValues else {
                faults.note(
                    node,
                    "the series make more than the \(RuleTestFile.maximumValues) values that a "
                        + "file may have; divide the file"
                )
                return nil
            }
            return (series.labels, items)
        } catch {
            faults.note(at, "cannot read the series: \(error)")
            return nil
        }
    }

    private mutating func query(_ node: ConfigurationNode) -> RuleTest.QueryCase? {
        node.allowKeys(["expr", "eval_time", "exp_samples"], &faults)
        guard let expression = node.required("expr", &faults)?.text(&faults) else { return nil }
        return RuleTest.QueryCase(
            expression: expression,
            time: duration(node["eval_time"]) ?? .zero,
            samples: items(node["exp_samples"]).compactMap { sample($0) }
        )
    }

    private mutating func sample(_ node: ConfigurationNode) -> (Labels, Double)? {
        node.allowKeys(["labels", "value"], &faults)
        let value = node["value"].map { Self.number($0.scalarText ?? "") } ?? 0
        guard let value else {
            faults.note(node, "the value is not a number")
            return nil
        }
        guard let at = node["labels"], let text = at.text(&faults), !text.isEmpty else {
            return (.empty, value)
        }
        do {
            let series = try ScriptSeries(text)
            guard series.items.isEmpty else {
                faults.note(at, "a value stands behind the labels; it belongs to 'value'")
                return nil
            }
            return (series.labels, value)
        } catch {
            faults.note(at, "cannot read the labels: \(error)")
            return nil
        }
    }

    private mutating func alert(_ node: ConfigurationNode) -> RuleTest.AlertCase? {
        node.allowKeys(["eval_time", "alertname", "exp_alerts"], &faults)
        guard let at = node.required("alertname", &faults), let name = at.text(&faults) else {
            return nil
        }
        if name.isEmpty { faults.note(at, "the name of the alert is empty") }
        let alerts = items(node["exp_alerts"]).map { item in
            item.allowKeys(["exp_labels", "exp_annotations"], &faults)
            return RuleTest.ShownAlert(
                labels: pairs(item["exp_labels"]).merging(["alertname": name]) { $1 },
                annotations: pairs(item["exp_annotations"])
            )
        }
        return RuleTest.AlertCase(
            name: name,
            time: duration(node["eval_time"]) ?? .zero,
            alerts: alerts
        )
    }

    // MARK: Small parts

    private mutating func items(_ node: ConfigurationNode?) -> [ConfigurationNode] {
        node?.sequence(&faults) ?? []
    }

    private mutating func texts(_ node: ConfigurationNode?) -> [String] {
        items(node).compactMap { $0.text(&faults) }
    }

    private mutating func pairs(_ node: ConfigurationNode?) -> [String: String] {
        var result: [String: String] = [:]
        for (name, value) in node?.mapping(&faults) ?? [] {
            result[name] = value.isNull ? "" : value.text(&faults)
        }
        return result
    }

    private mutating func duration(_ node: ConfigurationNode?) -> Milliseconds? {
        guard let node, let text = node.text(&faults) else { return nil }
        guard let span = RuleDuration.parse(text) else {
            faults.note(node, "'\(text)' is not a duration such as 30s, 5m or 1h30m")
            return nil
        }
        if span > Self.longest {
            faults.note(node, "'\(text)' is longer than 100 years, the limit")
            return nil
        }
        return span
    }

    /// Longest span, and farthest from 1970; a million of them can still be counted.
    private static let longest = Milliseconds.days(36_500)

    private mutating func start(_ node: ConfigurationNode?) -> Instant {
        guard let node, let text = node.text(&faults) else { return Instant(milliseconds: 0) }
        let given = Instant(rfc3339: text) ?? Double(text).flatMap { Instant(secondsSince1970: $0) }
        if let given, given.milliseconds.magnitude <= UInt64(Self.longest.count) { return given }
        faults.note(
            node,
            "'\(text)' is neither a number of seconds since 1970 nor RFC 3339, within 100 years"
        )
        return Instant(milliseconds: 0)
    }

    /// A number as YAML writes it.
    ///
    /// - Source: YAML 1.2, 10.3.2: `.inf` and `.nan`.
    private static func number(_ text: String) -> Double? {
        switch text.lowercased() {
        case ".inf", "+.inf": .infinity
        case "-.inf": -.infinity
        case ".nan": .nan
        default: Double(text.filter { $0 != "_" })
        }
    }
}
