public import ConfigurationText
public import Telemetry

/// A rule file in the format of Prometheus.
///
///     groups:
///       - name: text, unique in the file
///         interval: duration              optional, else the caller's
///         limit: whole number             optional, 0 is none
///         query_offset: duration          optional
///         labels: {name: text}            optional, for every rule
///         rules:
///           - record: metric name     or  alert: text
///             expr: PromQL
///             for: duration               alerts only
///             keep_firing_for: duration   alerts only
///             labels: {name: template}
///             annotations: {name: template}   alerts only
///
/// Labels of recording rules are plain texts. Unknown keys, malformed expressions and malformed
/// templates are faults, as `promtool check rules` has it; the same rule twice, a file without
/// groups, and a template that can hardly be expanded are warnings.
///
/// - Source: Prometheus 3, "Recording rules", "Alerting rules", `model/rulefmt/rulefmt.go`.
public struct RuleFile: Sendable {
    /// File as the caller named it.
    public let file: String
    /// Its groups in order.
    public let groups: [RuleGroup]
    /// What is allowed and yet likely a mistake: one name with the same labels twice.
    public let warnings: [ConfigurationFault]

    /// Reads a rule file.
    ///
    /// - Parameters:
    ///   - text: the YAML document.
    ///   - file: how faults and groups name it.
    ///   - defaultInterval: time between evaluations of groups that do not say.
    ///   - owner: what the series of a metric name are, for a fault, where no rule may record under
    ///     it; nil for a free name, as all are to `promtool check rules`.
    /// - Returns: the file with its groups in order.
    /// - Throws: `ConfigurationFaults` with every fault: file, line, field, what would be right.
    public static func parse(
        text: String,
        file: String,
        defaultInterval: Milliseconds = RuleGroup.defaultInterval,
        takenFor owner: @escaping (_ metric: String) -> String? = { _ in nil }
    ) throws(ConfigurationFaults) -> RuleFile {
        let root: ConfigurationNode
        if isBlank(text) {
            let fault = ConfigurationFault(file: file, message: "the file is empty")
            return RuleFile(file: file, groups: [], warnings: [fault])
        }
        do {
            root = try ConfigurationNode(parsing: text, file: file)
        } catch {
            throw ConfigurationFaults([error])
        }
        var reader = RuleFileReader(file: file, defaultInterval: defaultInterval, owner: owner)
        let groups = reader.groups(of: root)
        try reader.faults.check()
        return RuleFile(file: file, groups: groups, warnings: reader.warnings)
    }

    /// Whether a text has blank lines and comments only.
    private static func isBlank(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).allSatisfy { line in
            let words = line.drop(while: \.isWhitespace)
            return words.isEmpty || words.hasPrefix("#")
        }
    }
}
