internal import ConfigurationText
internal import Telemetry

/// What stands beside the fields: conditions, rejections, derivations, times, rows of earlier
/// values.
extension LayoutReader {
    func condition(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> Condition? {
        node.allowKeys(Self.conditionKeys, &faults)
        return conditionPart(node, &faults)
    }

    /// One condition, or a list of which all must hold.
    func conditions(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> [Condition] {
        guard case .sequence(let nodes) = node.content else {
            return condition(node, &faults).map { [$0] } ?? []
        }
        return nodes.compactMap { condition($0, &faults) }
    }

    private static let conditionKeys = [
        "path", "record", "at", "type", "bits", "byte_order", "equals", "differs", "between",
    ]

    private func conditionPart(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> Condition?
    {
        guard let source = self.source(node, &faults) else { return nil }
        let test: Condition.Test?
        switch (node["equals"], node["differs"], node["between"]) {
        case (let values?, nil, nil): test = .equals(values.rawMatches(&faults))
        case (nil, let values?, nil): test = .differs(values.rawMatches(&faults))
        case (nil, nil, let range?): test = range.numberRange(&faults).map { .between($0) }
        default:
            faults.note(node, "a condition needs exactly one of equals, differs, between")
            test = nil
        }
        return test.map {
            Condition(
                name: node["path"]?.scalarText ?? "byte \(node["at"]?.scalarText ?? "?")",
                source: source,
                test: $0
            )
        }
    }

    func rejection(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> Rejection? {
        node.allowKeys(
            Self.conditionKeys + ["rejects", "reason"],
            &faults
        )
        let word = node["reason"]?.text(&faults) ?? QualityReason.deviceFault.rawValue
        let reasons: [QualityReason] = [.deviceFault, .calibrating]
        let reason = reasons.first { $0.rawValue == word }
        if reason == nil {
            faults.note(node["reason"] ?? node, "expected device_fault or calibrating")
        }
        var quantities: Set<Quantity> = []
        for entry in node.required("rejects", &faults)?.sequence(&faults) ?? [] {
            guard let quantity = entry.scalarText.flatMap(Quantity.named) else {
                faults.note(entry, "there is no quantity \(entry.kindName)")
                continue
            }
            quantities.insert(quantity)
        }
        return conditionPart(node, &faults).map {
            Rejection(condition: $0, quantities: quantities, reason: reason ?? .deviceFault)
        }
    }

    func derivation(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> DerivedLayout? {
        node.allowKeys(["quantity", "from", "empty", "full", "full_below", "clamp"], &faults)
        guard let quantity = self.quantity(node, "quantity", &faults),
            let from = self.quantity(node, "from", &faults),
            let empty = node.required("empty", &faults).flatMap({ bound($0, &faults) }),
            let full = node.required("full", &faults).flatMap({ bound($0, &faults) })
        else { return nil }
        return DerivedLayout(
            quantity: quantity,
            from: from,
            empty: empty,
            full: full,
            fullBelow: node["full_below"].flatMap { bound($0, &faults) },
            clamp: node["clamp"].flatMap { $0.numberRange(&faults) }
        )
    }

    private func bound(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> DerivedLayout.Bound?
    {
        if let value = node.scalarText.flatMap(Double.init), value.isFinite { return .value(value) }
        return parameter(node, &faults).map { .parameter($0) }
    }

    /// One time source, or a list of which the first that a message has is taken.
    func times(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> [TimeSource] {
        guard case .sequence(let nodes) = node.content else {
            return time(node, &faults).map { [$0] } ?? []
        }
        return nodes.compactMap { time($0, &faults) }
    }

    private func time(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> TimeSource? {
        node.allowKeys(["path", "at", "type", "byte_order", "format", "zone"], &faults)
        guard let source = self.source(node, &faults) else { return nil }
        var zone: TimeZoneRule?
        if let entry = node["zone"] {
            zone = entry.scalarText.flatMap(TimeZoneRule.init)
            if zone == nil {
                faults.note(
                    entry,
                    "expected an offset such as \"+07:00\" or a POSIX rule such as "
                        + "CET-1CEST,M3.5.0,M10.5.0/3, found \(entry.kindName)"
                )
            }
        }
        let form: TimeSource.Form
        switch node["format"]?.scalarText ?? (node["path"] == nil ? "unix" : "iso") {
        case "unix": form = .unixSeconds
        case "unix_ms": form = .unixMilliseconds
        case "iso": form = .iso(zone)
        default:
            faults.note(node["format"] ?? node, "expected unix, unix_ms or iso")
            return nil
        }
        if case .iso = form, case .bytes = source {
            faults.note(node, "bytes hold no ISO text; use the format unix or unix_ms")
        }
        return TimeSource(
            name: node["path"]?.scalarText ?? "time",
            source: source,
            form: form
        )
    }

    func history(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> HistoryLayout? {
        node.allowKeys(
            [
                "quantity", "channel", "unit", "bias", "scale", "divide", "offset", "range",
                "first",
                "time", "align", "at", "type", "bit_width", "byte_order", "count", "every",
                "adds_up",
                "absent",
            ],
            &faults
        )
        guard let quantity = self.quantity(node, "quantity", &faults),
            let at = node.required("at", &faults)?.integer(in: 0...255, &faults),
            let count = node.required("count", &faults)?.integer(in: 1...1024, &faults),
            let step = node.required("every", &faults)?.span(&faults)
        else { return nil }
        var little = node["byte_order"].flatMap { order($0, &faults) }
        var width = node["bit_width"]?.integer(in: 1...32, &faults)
        if width == nil, let type = node.required("type", &faults) {
            guard let (form, bytes) = ByteField.form(named: type.scalarText ?? ""),
                form == .unsigned, bytes <= 4
            else {
                faults.note(type, "expected u8, u16, u24 or u32, found \(type.kindName)")
                return nil
            }
            width = bytes * 8
        }
        // Rows that leave byte limits are packed from the lowest bit up in every format met so far.
        if little == nil { little = width.map { !$0.isMultiple(of: 8) } ?? false || isLittleEndian }
        return HistoryLayout(
            quantity: quantity,
            channel: node["channel"]?.text(&faults),
            scaling: scaling(node, quantity, &faults),
            range: node["range"].flatMap { $0.numberRange(&faults) } ?? quantity.range,
            first: node["first"].flatMap { byteField($0, &faults) },
            time: node["time"].flatMap { byteField($0, &faults) },
            alignment: node["align"].flatMap { $0.span(&faults) },
            at: at,
            bitWidth: width ?? 8,
            isLittleEndian: little ?? false,
            count: count,
            step: step,
            accumulates: node["adds_up"]?.flag(&faults) ?? false,
            absent: node["absent"]?.sequence(&faults).compactMap { $0.number(&faults) } ?? []
        )
    }
}
