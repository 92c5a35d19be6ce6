internal import ConfigurationText
internal import Telemetry

/// Fields: a source, a quantity, and what lies between raw number and value.
extension LayoutReader {
    enum SourceKind {
        case bytes, json, record
        case cayenne(CayenneLPP.Member)
    }

    private static let fieldKeys = [
        "quantity", "channel", "name", "unit", "bias", "scale", "divide", "offset",
        "formula", "inputs", "when", "map", "absent", "sentinels", "range", "required",
    ]

    func field(
        _ node: ConfigurationNode,
        _ kind: SourceKind,
        _ faults: inout FaultCollector
    ) -> FieldLayout? {
        let sourceKeys =
            switch kind {
            case .bytes: ["at", "type", "bits", "byte_order"]
            case .json: ["path", "text"]
            case .cayenne: ["id", "type", "name_channel"]
            case .record: ["record"]
            }
        node.allowKeys(Self.fieldKeys + sourceKeys, &faults)
        guard let quantity = self.quantity(node, "quantity", &faults) else { return nil }
        guard let source = self.source(node, kind, &faults) else { return nil }
        var scaling = self.scaling(node, quantity, &faults)
        if case .cayenne(let member) = kind {
            scaling = self.scaling(member, node, quantity, scaling)
        }
        var isRecord = false
        if case .record = kind { isRecord = true }
        let meanings = node["map"].map { self.meanings($0, &faults) } ?? []
        let inputs = self.inputs(node["inputs"], &faults)
        let formula = node["formula"].flatMap { self.formula($0, inputs.map(\.name), &faults) }
        if formula != nil {
            for key in ["map", "bias", "scale", "divide", "offset"] where node[key] != nil {
                faults.note(node, "a field with a formula needs no '\(key)': write it into that")
            }
        }
        if isRecord {
            for key in ["inputs", "when"] where node[key] != nil {
                faults.note(node, "a record is read alone: it takes no '\(key)'")
            }
        }
        if case .cayenne = kind, formula != nil {
            faults.note(node, "values of Cayenne's payload are scaled; they take no formula")
        }
        var hasEach = false
        if case .json(let path) = source { hasEach = path.hasEach }
        if hasEach, node["channel"] != nil {
            faults.note(node, "a path with [*] numbers its channels; leave out 'channel'")
        }
        return FieldLayout(
            name: node["name"]?.text(&faults) ?? node["path"]?.scalarText
                ?? node["record"]?.scalarText ?? quantity.id,
            quantity: quantity,
            channel: node["channel"]?.text(&faults),
            source: source,
            acceptsText: node["text"]?.flag(&faults) ?? false,
            meanings: meanings,
            absent: node["absent"]?.rawMatches(&faults) ?? [],
            sentinels: node["sentinels"]?.sequence(&faults).compactMap { $0.number(&faults) } ?? [],
            scaling: scaling,
            formula: formula,
            inputs: inputs.map(\.source),
            conditions: node["when"].map { conditions($0, &faults) } ?? [],
            range: node["range"].flatMap { $0.numberRange(&faults) } ?? quantity.range,
            isRequired: node["required"]?.flag(&faults) ?? false,
            recordUnits: isRecord
                ? recordUnits(formula == nil ? nil : node["unit"]?.scalarText, quantity) : []
        )
    }

    private func source(
        _ node: ConfigurationNode,
        _ kind: SourceKind,
        _ faults: inout FaultCollector
    ) -> ValueSource? {
        switch kind {
        case .bytes: byteField(node, &faults).map { .bytes($0) }
        case .cayenne(let member): .bytes(cayenneField(member))
        case .json: node.required("path", &faults)?.jsonPath(&faults).map { .json($0) }
        case .record:
            node.required("record", &faults)?.text(&faults).map { .record(JSONKey($0)) }
        }
    }

    func quantity(
        _ node: ConfigurationNode,
        _ key: String,
        _ faults: inout FaultCollector
    ) -> Quantity? {
        guard let entry = node.required(key, &faults), let id = entry.text(&faults) else {
            return nil
        }
        if let quantity = Quantity.named(id) { return quantity }
        faults.note(entry, "there is no quantity '\(id)'; the table of quantities has them all")
        return nil
    }

    private func formula(
        _ node: ConfigurationNode,
        _ inputs: [String],
        _ faults: inout FaultCollector
    ) -> Formula? {
        guard let text = node.text(&faults) else { return nil }
        do throws(FormulaFault) {
            return try Formula(text, parameters: parameters.map(\.id), inputs: inputs)
        } catch {
            faults.note(node, "cannot read '\(text)': \(error.problem) at column \(error.column)")
            return nil
        }
    }

    private func inputs(_ node: ConfigurationNode?, _ faults: inout FaultCollector)
        -> [(name: String, source: ValueSource)]
    {
        var inputs: [(name: String, source: ValueSource)] = []
        for (name, entry) in node?.mapping(&faults) ?? [] {
            entry.allowKeys(["path", "at", "type", "bits", "byte_order"], &faults)
            guard let source = source(entry, &faults) else { continue }
            inputs.append((name, source))
        }
        return inputs
    }

    func parameter(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> Int? {
        if let index = parameters.firstIndex(where: { $0.id == node.scalarText }) { return index }
        faults.note(node, "the profile has no parameter \(node.kindName)")
        return nil
    }

    /// The scaling that `bias`, `scale`, `divide`, `offset` and `unit` make together.
    func scaling(
        _ node: ConfigurationNode,
        _ quantity: Quantity,
        _ faults: inout FaultCollector
    ) -> Scaling {
        var scaling = Scaling()
        scaling.bias = node["bias"]?.number(&faults) ?? 0
        scaling.multiplier = node["scale"]?.number(&faults) ?? 1
        scaling.divisor = node["divide"]?.number(&faults) ?? 1
        scaling.offset = node["offset"]?.number(&faults) ?? 0
        if scaling.divisor == 0 {
            faults.note(node["divide"] ?? node, "nothing can be divided by zero")
            scaling.divisor = 1
        }
        guard let unitNode = node["unit"], let name = unitNode.text(&faults), name != quantity.unit
        else { return scaling }
        guard let unit = MeasurementUnit.named(name),
            let target = MeasurementUnit.named(quantity.unit), let change = unit.scaling(to: target)
        else {
            faults.note(
                unitNode,
                "'\(name)' cannot be converted to \(quantity.unit) of \(quantity.id)"
            )
            return scaling
        }
        return scaling.followed(by: change)
    }

    /// The scaling of a type of Cayenne's payload, then that of the field; a field that says no
    /// unit takes the type's.
    private func scaling(
        _ member: CayenneLPP.Member,
        _ node: ConfigurationNode,
        _ quantity: Quantity,
        _ own: Scaling
    ) -> Scaling {
        let first = Scaling(bias: own.bias * member.divisor, divisor: member.divisor)
        var next = own
        next.bias = 0
        let whole = first.followed(by: next)
        guard node["unit"] == nil, let name = member.unit, name != quantity.unit,
            let unit = MeasurementUnit.named(name),
            let target = MeasurementUnit.named(quantity.unit), let change = unit.scaling(to: target)
        else { return whole }
        return whole.followed(by: change)
    }

    /// Records name their unit: one scaling for each unit that fits the quantity, to a formula's
    /// own unit or to the quantity's.
    private func recordUnits(_ own: String?, _ quantity: Quantity) -> [FieldLayout.RecordUnit] {
        guard let target = MeasurementUnit.named(own ?? quantity.unit) else { return [] }
        return MeasurementUnit.names.compactMap { name in
            guard let change = MeasurementUnit.named(name)?.scaling(to: target) else { return nil }
            return FieldLayout.RecordUnit(name: JSONKey(name), scaling: change)
        }
    }

    private func meanings(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> [FieldLayout.Meaning]
    {
        guard case .mapping(let pairs) = node.content else {
            faults.note(node, "expected a mapping of raw values to numbers, found \(node.kindName)")
            return []
        }
        return pairs.compactMap { key, value in
            guard let raw = key.rawMatch(&faults), let value = value.number(&faults) else {
                return nil
            }
            return FieldLayout.Meaning(raw: raw, value: value)
        }
    }
}
