internal import ConfigurationText

/// The keys `payload` and `skip_when_missing` of a mapping.
extension MappingReader {
    mutating func payload(
        _ node: ConfigurationNode,
        skip: ConfigurationNode?
    ) -> PayloadTemplate? {
        node.allowKeys(["as", "members"], &faults)
        guard case .mapping = node.content else { return nil }
        var copiesRecord = false
        if let form = node["as"], choice(form, ["record"]) != nil {
            copiesRecord = true
            if isCSV { faults.note(form, "a csv record is no payload, expected 'members'") }
        }
        var members: [MemberTemplate] = []
        if let list = node["members"] {
            members = self.members(list)
        } else if node["as"] == nil {
            faults.note(node, "expected 'members', or 'as: record' for JSON lines as they are")
        }
        let names = skip.map { skippedWithout($0, members) } ?? []
        return PayloadTemplate(
            copiesRecord: copiesRecord,
            members: members,
            skippedWithout: names
        )
    }

    private mutating func members(_ node: ConfigurationNode) -> [MemberTemplate] {
        let pairs = node.mapping(&faults)
        guard pairs.count <= ReplayLimits.members else {
            faults.note(node, "\(pairs.count) members, the limit is \(ReplayLimits.members)")
            return []
        }
        if case .mapping = node.content, pairs.isEmpty {
            faults.note(node, "expected at least one member")
        }
        var members: [MemberTemplate] = []
        for (name, value) in pairs {
            guard let source = source(value) else { continue }
            members.append(MemberTemplate(name: name, source: source))
        }
        return members
    }

    private mutating func source(_ node: ConfigurationNode) -> MemberTemplate.Source? {
        if let time = node["time"] {
            node.allowKeys(["time"], &faults)
            let forms = MemberTemplate.TimeForm.allCases.map(\.rawValue)
            return choice(time, forms).flatMap { MemberTemplate.TimeForm(rawValue: $0) }
                .map { .time($0) }
        }
        if let text = node["text"] {
            node.allowKeys(["text"], &faults)
            return text.text(&faults).map { .text(JSONText.quoted($0)) }
        }
        node.allowKeys(["column", "missing", "path", "text", "time", "type"], &faults)
        guard case .mapping = node.content else { return nil }
        var kind: MemberTemplate.Kind?
        if let type = node["type"] {
            let kinds = MemberTemplate.Kind.allCases.map(\.rawValue)
            kind = choice(type, kinds).flatMap { MemberTemplate.Kind(rawValue: $0) }
        }
        var missing = [""]
        if let list = node["missing"] {
            missing = []
            for element in list.sequence(&faults) {
                guard let text = element.text(&faults) else { continue }
                missing.append(text.withoutBlanks)
            }
        }
        return field(node).map { .field($0, kind, missing: missing) }
    }

    private mutating func skippedWithout(
        _ node: ConfigurationNode,
        _ members: [MemberTemplate]
    ) -> Set<String> {
        var names: Set<String> = []
        for element in node.sequence(&faults) {
            guard let name = element.text(&faults) else { continue }
            guard let member = members.first(where: { $0.name == name }) else {
                faults.note(element, "there is no member '\(name)'")
                continue
            }
            guard member.canBeMissing else {
                faults.note(element, "the member '\(name)' is never missing")
                continue
            }
            names.insert(name)
        }
        if case .sequence(let nodes) = node.content, nodes.isEmpty {
            faults.note(node, "expected at least one member")
        }
        return names
    }
}
