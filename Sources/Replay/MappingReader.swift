internal import ConfigurationText
internal import Telemetry

/// Reads a mapping file, whose form stands at ``ReplayMapping``, and notes its faults.
///
/// Each part gives nil where it noted one, and reading goes on.
struct MappingReader {
    var faults = FaultCollector()
    /// Whether records are csv; they are taken as such when the file does not say, to go on.
    var isCSV = true
    /// The columns that `each` adds.
    var added: Set<String> = []

    mutating func mapping(_ root: ConfigurationNode) -> ReplayMapping? {
        root.allowKeys(
            [
                "each", "format", "payload", "separator", "skip_when_missing", "sort", "time",
                "topic",
            ],
            &faults
        )
        let format = self.format(root)
        let explosion = root["each"].flatMap { self.explosion($0) }
        let topic = root.required("topic", &faults).flatMap { self.topic($0) }
        let clock = root.required("time", &faults).flatMap { self.clock($0) }
        let isSorted = root["sort"].flatMap { $0.flag(&faults) } ?? false
        let payload = root.required("payload", &faults).flatMap {
            self.payload($0, skip: root["skip_when_missing"])
        }
        guard let format, let topic, let clock, let payload else { return nil }
        return ReplayMapping(
            file: root.file,
            format: format,
            topic: topic,
            clock: clock,
            isSorted: isSorted,
            explosion: explosion,
            payload: payload
        )
    }

    // MARK: Records

    private mutating func format(_ root: ConfigurationNode) -> ReplayMapping.Format? {
        let separator = root["separator"]
        let choices = ["csv", "json_lines"]
        guard let node = root.required("format", &faults), let choice = self.choice(node, choices)
        else { return nil }
        if choice == "json_lines" {
            isCSV = false
            if let separator { faults.note(separator, "JSON lines have no separator") }
            return .jsonLines
        }
        guard let separator else { return .csv(separator: UInt8(ascii: ",")) }
        guard let text = separator.text(&faults) else { return nil }
        guard let byte = text.utf8.first, text.utf8.count == 1, byte < 0x80,
            !["\"", "\n", "\r"].contains(text)
        else {
            faults.note(separator, "expected one ASCII character, as \",\" or \"\\t\"")
            return nil
        }
        return .csv(separator: byte)
    }

    private mutating func explosion(_ node: ConfigurationNode) -> Explosion? {
        guard isCSV else {
            faults.note(node, "only csv records can be divided, JSON lines cannot")
            return nil
        }
        node.allowKeys(["as", "columns"], &faults)
        var columns: [Explosion.Column] = []
        if let list = node.required("columns", &faults) {
            columns = explodedColumns(list)
        }
        guard let names = node.required("as", &faults) else { return nil }
        names.allowKeys(["name", "value"], &faults)
        let name = names.required("name", &faults).flatMap { $0.text(&faults) }
        let value = names.required("value", &faults).flatMap { $0.text(&faults) }
        guard let name, let value else { return nil }
        guard name != value else {
            faults.note(names, "name and value need different columns")
            return nil
        }
        added = [name, value]
        return columns.isEmpty
            ? nil : Explosion(columns: columns, nameColumn: name, valueColumn: value)
    }

    private mutating func explodedColumns(_ node: ConfigurationNode) -> [Explosion.Column] {
        var columns: [Explosion.Column] = []
        if case .mapping = node.content {
            for (column, name) in node.mapping(&faults) {
                guard let name = name.text(&faults) else { continue }
                columns.append(Explosion.Column(column: column, name: name))
            }
        } else {
            for element in node.sequence(&faults) {
                guard let column = element.text(&faults) else { continue }
                columns.append(Explosion.Column(column: column, name: column))
            }
        }
        if columns.isEmpty { faults.note(node, "expected at least one column") }
        if columns.count > ReplayLimits.members {
            faults.note(node, "\(columns.count) columns, the limit is \(ReplayLimits.members)")
        }
        return columns
    }

    // MARK: Topic

    private mutating func topic(_ node: ConfigurationNode) -> TopicTemplate? {
        guard let text = node.text(&faults) else { return nil }
        var pieces: [TopicTemplate.Piece] = []
        var rest = text[...]
        while !rest.isEmpty {
            let plain = rest.prefix { $0 != "{" && $0 != "}" }
            if let problem = TopicTemplate.wildcardProblem(of: String(plain)) {
                faults.note(node, problem)
                return nil
            }
            if !plain.isEmpty { pieces.append(.text(String(plain))) }
            rest = rest[plain.endIndex...]
            guard let brace = rest.popFirst() else { break }
            guard brace == "{", let close = rest.firstIndex(of: "}") else {
                faults.note(node, "a brace without its other one, expected {name of a field}")
                return nil
            }
            guard let reference = self.reference(String(rest[..<close]), node) else { return nil }
            pieces.append(.field(reference))
            rest = rest[rest.index(after: close)...]
        }
        let template = TopicTemplate(pieces: pieces)
        // A topic of fields alone can only be judged when they are known.
        if case .text(let first)? = pieces.first, let problem = TopicTemplate.problem(of: first) {
            faults.note(node, problem)
        } else if pieces.isEmpty {
            faults.note(node, "a topic must not be empty")
        }
        return template
    }

    // MARK: Fields

    /// The field that a node with `column` or `path` names; notes a fault when there is none.
    mutating func field(_ node: ConfigurationNode) -> FieldReference? {
        let (right, wrong) = isCSV ? ("column", "path") : ("path", "column")
        if let node = node[wrong] {
            faults.note(
                node,
                isCSV ? "csv records have columns, not paths" : "JSON lines have paths, not columns"
            )
            return nil
        }
        guard let node = node.required(right, &faults), let text = node.text(&faults) else {
            return nil
        }
        return reference(text, node)
    }

    private mutating func reference(_ text: String, _ node: ConfigurationNode) -> FieldReference? {
        if isCSV {
            if !text.withoutBlanks.isEmpty { return .column(text.withoutBlanks) }
            faults.note(node, "expected the name of a column")
            return nil
        }
        if let path = RecordPath(text) { return .path(path) }
        faults.note(node, "expected a path as properties.fill or rxInfo[0].rssi, found '\(text)'")
        return nil
    }

    /// One of some words.
    mutating func choice(_ node: ConfigurationNode, _ choices: [String]) -> String? {
        guard let text = node.text(&faults) else { return nil }
        guard choices.contains(text) else {
            faults.note(
                node,
                "expected \(choices.joined(separator: " or ")), found \(node.kindName)"
            )
            return nil
        }
        return text
    }
}
