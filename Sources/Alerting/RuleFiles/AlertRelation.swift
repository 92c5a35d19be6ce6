internal import ConfigurationText
internal import PromQL
public import Telemetry

/// One relation between alerts: a source, its targets, and the labels in which they agree.
public struct AlertRelation: Sendable {
    /// What the labels of the source pass, all of them.
    public let sourceMatchers: [LabelMatcher]
    /// What the labels of the target pass, all of them.
    public let targetMatchers: [LabelMatcher]
    /// Labels whose values are the same in both.
    public let equal: [String]

    /// Creates a relation.
    public init(
        sourceMatchers: [LabelMatcher],
        targetMatchers: [LabelMatcher],
        equal: [String]
    ) {
        self.sourceMatchers = sourceMatchers
        self.targetMatchers = targetMatchers
        self.equal = equal
    }

    init?(_ node: ConfigurationNode, _ faults: inout FaultCollector) {
        node.allowKeys(["source_matchers", "target_matchers", "equal"], &faults)
        guard let sources = Self.matchers(node, "source_matchers", &faults),
            let targets = Self.matchers(node, "target_matchers", &faults)
        else { return nil }
        var equal: [String] = []
        for item in node["equal"]?.sequence(&faults) ?? [] {
            guard let name = item.text(&faults) else { continue }
            if LabelName.isValid(name) {
                equal.append(name)
            } else {
                faults.note(item, "'\(name)' is not a label name")
            }
        }
        self.init(sourceMatchers: sources, targetMatchers: targets, equal: equal)
    }

    /// Whether an alert with these labels can be the source.
    public func isSource(_ labels: Labels) -> Bool {
        sourceMatchers.allSatisfy { $0.accepts(labels) }
    }

    /// Whether an alert with these labels can be a target.
    public func isTarget(_ labels: Labels) -> Bool {
        targetMatchers.allSatisfy { $0.accepts(labels) }
    }

    /// The values of the labels that must agree; absent ones are empty.
    func key(of labels: Labels) -> [String] {
        equal.map { labels[$0] ?? "" }
    }

    private static func matchers(
        _ node: ConfigurationNode,
        _ key: String,
        _ faults: inout FaultCollector
    ) -> [LabelMatcher]? {
        guard let list = node.required(key, &faults) else { return nil }
        let items = list.sequence(&faults)
        if items.isEmpty {
            faults.note(list, "without a matcher every alert would match; name at least one")
            return nil
        }
        var matchers: [LabelMatcher] = []
        for item in items {
            guard let text = item.text(&faults) else { continue }
            do {
                // With a metric name the selector may also hold matchers that accept no label at
                // all.
                matchers += try PromQLParser.parseSelector("alert{\(quoted(text))}")
                    .filter { $0.name != Labels.metricNameLabel }
            } catch {
                faults.note(
                    item,
                    "'\(text)' is not a matcher such as code=\"A9\": \(error.message)"
                )
            }
        }
        return matchers
    }

    /// The matcher with its value in quotes, which Alertmanager does not ask for.
    private static func quoted(_ text: String) -> String {
        guard !text.contains("\""), let sign = text.firstIndex(where: { "=!".contains($0) }) else {
            return text
        }
        let value = text[sign...].drop { "=!~".contains($0) }
        let blankless = value.drop { $0 == " " }
        return text[..<value.startIndex] + Labels.quoted(String(blankless))
    }
}
