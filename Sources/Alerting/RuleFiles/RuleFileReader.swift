internal import ConfigurationText
internal import PromQL
internal import Telemetry

/// Reads the nodes of a rule file and gathers the faults.
struct RuleFileReader {
    let file: String
    let defaultInterval: Milliseconds
    /// What the series of a metric name are, where no rule may record under it.
    let owner: (String) -> String?
    var faults = FaultCollector()
    var warnings: [ConfigurationFault] = []
    private var ruleCount = 0
    private var idCounts: [String: Int] = [:]
    private var seen: [String: Int] = [:]

    init(file: String, defaultInterval: Milliseconds, owner: @escaping (String) -> String?) {
        self.file = file
        self.defaultInterval = defaultInterval
        self.owner = owner
    }

    mutating func groups(of root: ConfigurationNode) -> [RuleGroup] {
        root.allowKeys(["groups"], &faults)
        guard let list = root["groups"] else {
            if faults.faults.isEmpty { warnings.append(root.fault("the file has no groups")) }
            return []
        }
        var names: [String: Int] = [:]
        var groups: [RuleGroup] = []
        for node in list.sequence(&faults) {
            guard let group = group(node) else { continue }
            if let line = names[group.name] {
                faults.note(
                    node,
                    "the group '\(group.name)' stands in line \(line) already; rename one"
                )
            }
            names[group.name] = node.line
            groups.append(group)
        }
        if ruleCount > AlertingLimits.rulesPerFile {
            faults.note(
                root,
                "the file has \(ruleCount) rules, the limit is \(AlertingLimits.rulesPerFile); "
                    + "divide it"
            )
        }
        return groups
    }

    private mutating func group(_ node: ConfigurationNode) -> RuleGroup? {
        node.allowKeys(
            ["name", "interval", "limit", "query_offset", "labels", "rules"],
            &faults
        )
        guard let name = node.required("name", &faults)?.text(&faults) else { return nil }
        if name.isEmpty { faults.note(node, "the name of a group is empty") }
        // As in Prometheus, an interval of 0 is the caller's, and a limit below 0 is none.
        let given = duration(node["interval"]) ?? .zero
        let interval = given == .zero ? defaultInterval : given
        let limit = max(0, node["limit"]?.integer(&faults) ?? 0)
        let offset = duration(node["query_offset"]) ?? .zero
        let labels = texts(node["labels"], as: .labels)
        var rules: [Rule] = []
        if let list = node["rules"] {
            for item in list.sequence(&faults) {
                ruleCount += 1
                if let rule = rule(item, group: name, groupLabels: labels) { rules.append(rule) }
            }
        }
        return RuleGroup(
            name: name,
            file: file,
            interval: interval,
            limit: limit,
            queryOffset: offset,
            rules: rules
        )
    }

    private mutating func rule(
        _ node: ConfigurationNode,
        group: String,
        groupLabels: [RuleText]
    ) -> Rule? {
        node.allowKeys(
            ["record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"],
            &faults
        )
        let record = Self.named(node["record"])
        let alert = Self.named(node["alert"])
        guard (record == nil) != (alert == nil), let name = (record ?? alert)?.text(&faults) else {
            faults.note(node, "a rule has exactly one of 'record' and 'alert'")
            return nil
        }
        let kind: Rule.Kind
        if let record {
            checkRecording(record, name: name, node)
            kind = .recording
        } else {
            kind = .alerting(
                AlertingTerms(
                    holdFor: duration(node["for"]) ?? .zero,
                    keepFiringFor: duration(node["keep_firing_for"]) ?? .zero,
                    annotations: texts(node["annotations"], as: .annotations)
                )
            )
        }
        let own = texts(node["labels"], as: record == nil ? .labels : .plainLabels)
        let ownNames = Set(own.map(\.name))
        let shared = groupLabels.filter { !ownNames.contains($0.name) }
        let labels = ((record == nil ? shared : shared.map(\.plain)) + own)
            .sorted { $0.name < $1.name }
        guard let (text, expression) = expression(node) else { return nil }
        warnIfRepeated(node, name: name, isRecording: record != nil, labels: labels)
        return Rule(
            id: id(group: group, name: name, isRecording: record != nil),
            name: name,
            kind: kind,
            expression: expression,
            expressionText: text,
            labels: labels,
            line: node.line
        )
    }

    private mutating func checkRecording(
        _ record: ConfigurationNode,
        name: String,
        _ node: ConfigurationNode
    ) {
        if !LabelName.isValidMetric(name) {
            faults.note(record, "'\(name)' is not a metric name: letters, digits, _ and :")
        }
        if let owner = owner(name) {
            faults.note(
                record,
                "'\(name)' is the name of \(owner), whose samples would be lost; record under "
                    + "another name"
            )
        }
        for key in ["for", "keep_firing_for"] {
            guard let extra = node[key], duration(extra) != .zero else { continue }
            faults.note(extra, "'\(key)' stands at a recording rule, only alerts have it")
        }
        if let extra = node["annotations"], !extra.mapping(&faults).isEmpty {
            faults.note(extra, "'annotations' stands at a recording rule, only alerts have it")
        }
    }

    /// A name that is there; an empty one counts as absent, as in Prometheus.
    private static func named(_ node: ConfigurationNode?) -> ConfigurationNode? {
        node?.scalarText == "" ? nil : node
    }

    private mutating func expression(_ node: ConfigurationNode) -> (String, PromQL.Expression)? {
        guard let at = node.required("expr", &faults), let text = at.text(&faults) else {
            return nil
        }
        do {
            return (text, try PromQLParser.parse(text))
        } catch {
            faults.note(ExpressionPlace(node: at, text: text).fault(for: error))
            return nil
        }
    }

    private mutating func duration(_ node: ConfigurationNode?) -> Milliseconds? {
        guard let node, let text = node.text(&faults) else { return nil }
        if let span = RuleDuration.parse(text) { return span }
        faults.note(node, "'\(text)' is not a duration such as 30s, 5m or 1h30m")
        return nil
    }

    /// What a mapping of names to texts is for.
    private enum TextKind {
        /// Labels of alerts: templates.
        case labels
        /// Labels of recorded series, which Prometheus takes as they stand.
        case plainLabels
        /// Annotations: templates.
        case annotations
    }

    private mutating func texts(_ node: ConfigurationNode?, as kind: TextKind) -> [RuleText] {
        guard let node else { return [] }
        let isLabels = kind != .annotations
        var result: [RuleText] = []
        for (name, value) in node.mapping(&faults) {
            if !LabelName.isValid(name) || (isLabels && name == Labels.metricNameLabel) {
                faults.note(
                    value,
                    "'\(name)' is not a name of \(isLabels ? "a label" : "an annotation"): "
                        + "letters, digits and _, and not __name__"
                )
                continue
            }
            // An empty text is allowed: as a label's value it removes the label.
            let text = value.isNull ? "" : value.text(&faults)
            guard let text else { continue }
            guard kind != .plainLabels else {
                result.append(RuleText(name: name, template: TextTemplate(plain: text)))
                continue
            }
            do {
                let template = try TextTemplate(parsing: text)
                if let reason = template.trialFailure {
                    warnings.append(value.fault("the template can hardly be expanded: \(reason)"))
                }
                result.append(RuleText(name: name, template: template))
            } catch {
                faults.note(value, "\(error)")
            }
        }
        return result.sorted { $0.name < $1.name }
    }

    /// Order within the file decides the number, so that adding a rule elsewhere changes nothing.
    private mutating func id(group: String, name: String, isRecording: Bool) -> RuleID {
        let base = "\(file)/\(group)/\(isRecording ? "record" : "alert")/\(name)"
        let count = (idCounts[base] ?? 0) + 1
        idCounts[base] = count
        return RuleID(count == 1 ? base : "\(base)#\(count)")
    }

    private mutating func warnIfRepeated(
        _ node: ConfigurationNode,
        name: String,
        isRecording: Bool,
        labels: [RuleText]
    ) {
        let key =
            "\(isRecording) \(name) "
            + labels.map { "\($0.name)=\(Labels.quoted($0.template.text))" }
            .joined(separator: ",")
        if let line = seen[key] {
            warnings.append(
                node.fault("'\(name)' with the same labels stands in line \(line) already")
            )
        } else {
            seen[key] = node.line
        }
    }
}
