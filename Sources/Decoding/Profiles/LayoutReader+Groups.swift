internal import ConfigurationText
internal import Telemetry

/// Groups: presence, conditions, repetition.
extension LayoutReader {
    func groups(
        _ node: ConfigurationNode,
        _ list: ConfigurationNode,
        _ faults: inout FaultCollector
    ) -> GroupList {
        let presence = node["presence"].flatMap { byteField($0, &faults) }
        let groups = list.sequence(&faults).compactMap { group($0, presence, &faults) }
        return GroupList(
            skip: node["skip"]?.integer(in: 0...255, &faults) ?? 0,
            presence: presence,
            groups: groups,
            repeats: node["repeats"]?.flag(&faults) ?? false
        )
    }

    private func group(
        _ node: ConfigurationNode,
        _ presence: ByteField?,
        _ faults: inout FaultCollector
    ) -> GroupList.Group? {
        node.allowKeys(
            [
                "name", "bit", "when", "length", "count", "fields", "time", "every",
                "number_channels",
            ],
            &faults
        )
        guard let length = node.required("length", &faults)?.integer(in: 1...255, &faults) else {
            return nil
        }
        let bit = node["bit"]?.integer(in: 0...((presence?.width ?? 8) * 8 - 1), &faults)
        if bit != nil, presence == nil {
            faults.note(node, "'bit' needs the message's 'presence': where the mask stands")
        }
        let fields =
            node["fields"]?.sequence(&faults).compactMap { field($0, .bytes, &faults) } ?? []
        return GroupList.Group(
            name: node["name"]?.text(&faults) ?? bit.map { "group \($0)" } ?? "group",
            bit: bit,
            conditions: node["when"].map { conditions($0, &faults) } ?? [],
            length: length,
            repetition: node["count"].flatMap { repetition($0, &faults) } ?? .times(1),
            fields: fields,
            time: node["time"].flatMap { byteField($0, &faults) },
            step: node["every"].flatMap { $0.span(&faults) },
            numbersChannels: node["number_channels"]?.flag(&faults) ?? false
        )
    }

    private func repetition(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> GroupList.Repetition?
    {
        if case .mapping = node.content { return byteField(node, &faults).map { .counted($0) } }
        if node.scalarText == "rest" { return .rest }
        return node.integer(in: 1...255, &faults).map { .times($0) }
    }
}
