public import ConfigurationText
internal import PromQL
public import Telemetry

/// Unit tests of rules, in the format of `promtool test rules`.
///
///     rule_files: [path]              relative to the file, with wildcards
///     evaluation_interval: duration   default 1m
///     group_eval_order: [group]       groups that it does not name come with the first
///     fuzzy_compare: flag             values may differ in their last bit
///     tests:
///       - name: text
///         interval: duration          between the values of a series; else evaluation_interval
///         start_timestamp: time       what eval_time counts from: seconds or RFC 3339; else 1970
///         external_labels: {name: text}
///         external_url: text
///         input_series:
///           - series: metric{label="value"}
///             values: 0 1x3 _ stale   the notation of `ScriptSeries`
///         promql_expr_test:
///           - {expr: PromQL, eval_time: duration, exp_samples: [{labels: series, value: number}]}
///         alert_rule_test:
///           - eval_time: duration
///             alertname: text
///             exp_alerts: [{exp_labels: {name: text}, exp_annotations: {name: text}}]
///
/// All groups are evaluated every `evaluation_interval`, whatever interval they have. Only firing
/// alerts are compared, all of one name. `exp_labels` needs no `alertname`.
///
/// - Source: Prometheus 3, "Unit testing for rules"; `cmd/promtool/unittest.go`.
public struct RuleTestFile: Sendable {
    /// File as the caller named it.
    public let file: String
    /// Rule files as they are written, each with its place in the file.
    public let ruleFiles: [String]
    /// Time between two evaluations.
    public let evaluationInterval: Milliseconds
    /// Names of groups in the order in which they are evaluated.
    public let groupOrder: [String]
    /// Whether values may differ in their last bit.
    public let isFuzzy: Bool
    /// The tests in order.
    public let tests: [RuleTest]

    /// Most evaluations of one test; a year of minutes are half of it.
    public static let maximumSteps = 1_000_000
    /// Most values of all series of a file together, places without one among them; twice what one
    /// series may have, 160 MB.
    public static let maximumValues = 2 * ScriptSeries.maximumItems

    /// Reads a file of tests.
    ///
    /// - Throws: `ConfigurationFaults` with every fault: file, line, field, what would be right.
    public static func parse(text: String, file: String) throws(ConfigurationFaults)
        -> RuleTestFile
    {
        let root: ConfigurationNode
        do {
            root = try ConfigurationNode(parsing: text, file: file)
        } catch {
            throw ConfigurationFaults([error])
        }
        var reader = RuleTestReader()
        let tests = reader.file(root, named: file)
        try reader.faults.check()
        return tests
    }
}

/// One test: series, and what rules and queries must make of them.
public struct RuleTest: Sendable {
    /// Name; empty when it has none.
    public let name: String
    /// Line of the file at which it stands, from 1.
    public let line: Int
    let interval: Milliseconds
    let start: Instant
    let externalLabels: Labels
    let externalURL: String
    let series: [(labels: Labels, values: [Double?])]
    let queries: [QueryCase]
    let alerts: [AlertCase]

    /// A query and the samples that it must give.
    struct QueryCase: Sendable {
        let expression: String
        let time: Milliseconds
        let samples: [(labels: Labels, value: Double)]
    }

    /// A time, and the alerts of a name that must fire then.
    struct AlertCase: Sendable {
        let name: String
        let time: Milliseconds
        let alerts: [ShownAlert]
    }

    /// What a test compares of an alert.
    struct ShownAlert: Hashable, Comparable, Sendable {
        let labels: [String: String]
        let annotations: [String: String]

        static func < (left: ShownAlert, right: ShownAlert) -> Bool {
            (text(left.labels), text(left.annotations))
                < (text(right.labels), text(right.annotations))
        }

        /// Names and values, empty values too, as promtool shows them.
        static func text(_ pairs: [String: String]) -> String {
            let shown = pairs.sorted { $0.key < $1.key }
                .map { "\($0.key)=\(Labels.quoted($0.value))" }
            return "{\(shown.joined(separator: ", "))}"
        }
    }

    /// How long the test goes on.
    var length: Milliseconds {
        max(queries.map(\.time).max() ?? .zero, alerts.map(\.time).max() ?? .zero)
    }
}
