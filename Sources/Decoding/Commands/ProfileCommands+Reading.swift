internal import ConfigurationText
internal import Telemetry

/// Reads the part `commands` of a profile; each fault is noted and reading goes on.
extension ProfileCommands {
    /// Reads the part; nil when it has a fault, which is then noted.
    init?(_ node: ConfigurationNode, _ faults: inout FaultCollector) {
        let before = faults.faults.count
        node.allowKeys(["source", "within"] + Kind.allCases.map(\.rawValue), &faults)
        let source = node.required("source", &faults)?.text(&faults) ?? ""
        let within = node["within"].flatMap { $0.span(&faults) }
        if let within, !Self.deadlines.contains(within), let entry = node["within"] {
            faults.note(entry, "expected 1s to 1d")
        }
        var templates: [Kind: CommandTemplate] = [:]
        for kind in Kind.allCases {
            guard let entry = node[kind.rawValue] else { continue }
            templates[kind] = CommandTemplate(entry, kind, &faults)
        }
        if templates.isEmpty, faults.faults.count == before {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            faults.note(node, "a profile with commands needs one of \(known)")
        }
        if faults.faults.count > before { return nil }
        self.init(source: source, confirmsWithin: within, templates: templates)
    }

    private static let deadlines = Milliseconds.seconds(1)...Milliseconds.days(1)
}

extension CommandTemplate {
    fileprivate init?(
        _ node: ConfigurationNode,
        _ kind: ProfileCommands.Kind,
        _ faults: inout FaultCollector
    ) {
        let before = faults.faults.count
        let keys = kind == .read ? ["send"] : ["confirms", "send"]
        node.allowKeys(kind == .dim ? keys + ["full"] : keys, &faults)
        confirms =
            kind == .read
            ? nil : node.required("confirms", &faults).flatMap { Self.quantity($0, &faults) }
        fullLevel = node["full"]?.integer(in: 1...255, &faults) ?? 100
        let list = node.required("send", &faults)
        let nodes = list?.sequence(&faults) ?? []
        if let list, !(1...DecodingLimits.commandMessages).contains(nodes.count) {
            faults.note(list, "expected 1 to \(DecodingLimits.commandMessages) messages")
        }
        messages = nodes.compactMap { CommandMessage($0, &faults) }
        let isFrame = messages.contains { if case .frame = $0 { true } else { false } }
        if isFrame, messages.count > 1, let list {
            faults.note(list, "a frame stands alone: its acknowledgement is that of the command")
        }
        let levels = messages.count { $0.hasLevel }
        if kind == .dim, levels == 0, let list, faults.faults.count == before {
            faults.note(list, "no message holds \(CommandMessage.levelMark)")
        }
        if kind != .dim, levels > 0, let list {
            faults.note(list, "\(CommandMessage.levelMark) belongs to dim alone")
        }
        if faults.faults.count > before { return nil }
    }

    private static func quantity(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> Quantity?
    {
        if let quantity = node.scalarText.flatMap(Quantity.named) { return quantity }
        faults.note(node, "there is no quantity \(node.kindName)")
        return nil
    }
}

extension CommandMessage {
    /// Whether the level stands in it.
    fileprivate var hasLevel: Bool {
        switch self {
        case .frame(_, _, let bytes): bytes.contains(nil)
        case .text(_, let text): text.contains(Self.levelMark)
        case .metric(_, _, let value, _): value.contains(Self.levelMark)
        }
    }

    fileprivate init?(_ node: ConfigurationNode, _ faults: inout FaultCollector) {
        if node["bytes"] != nil {
            self.init(frame: node, &faults)
        } else if node["metric"] != nil {
            self.init(metric: node, &faults)
        } else {
            self.init(text: node, &faults)
        }
    }

    private init?(frame node: ConfigurationNode, _ faults: inout FaultCollector) {
        node.allowKeys(["port", "confirmed", "bytes"], &faults)
        // 1 to 223 are the application's own: LoRaWAN 1.0.4, section 4.3.2.
        let port = node.required("port", &faults)?.integer(in: 1...223, &faults)
        let isConfirmed = node["confirmed"].map { $0.flag(&faults) ?? false } ?? false
        guard let entry = node.required("bytes", &faults), let port,
            let bytes = Self.bytes(entry, &faults)
        else { return nil }
        self = .frame(port: UInt8(port), isConfirmed: isConfirmed, bytes: bytes)
    }

    private static func bytes(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> [UInt8?]?
    {
        let parts = (node.scalarText ?? "").split(separator: " ")
        let bytes: [UInt8??] = parts.map { part in
            if part == levelMark { return .some(nil) }
            guard part.utf8.count == 2, let byte = UInt8(part, radix: 16) else { return nil }
            return .some(byte)
        }
        guard (1...DecodingLimits.commandFrameBytes).contains(bytes.count),
            bytes.allSatisfy({ $0 != nil })
        else {
            faults.note(
                node,
                "expected 1 to \(DecodingLimits.commandFrameBytes) hexadecimal bytes such as "
                    + "\"91 0e \(levelMark)\", found \(node.kindName)"
            )
            return nil
        }
        return bytes.map { $0 ?? nil }
    }

    private init?(text node: ConfigurationNode, _ faults: inout FaultCollector) {
        node.allowKeys(["to", "text"], &faults)
        guard let target = node.required("to", &faults), let to = target.text(&faults),
            let entry = node.required("text", &faults), let text = entry.text(&faults)
        else { return nil }
        guard !to.isEmpty, !to.hasPrefix("/"), !to.contains(where: { "+#\0".contains($0) }) else {
            faults.note(target, "expected a topic below the device's own, without wildcards")
            return nil
        }
        guard text.utf8.count <= DecodingLimits.commandTextBytes else {
            faults.note(entry, "longer than \(DecodingLimits.commandTextBytes) bytes")
            return nil
        }
        self = .text(to: to, text: text)
    }

    private init?(metric node: ConfigurationNode, _ faults: inout FaultCollector) {
        node.allowKeys(["metric", "type", "value", "node"], &faults)
        let isOfNode = node["node"].map { $0.flag(&faults) ?? false } ?? false
        guard let name = node.required("metric", &faults)?.text(&faults),
            let typeNode = node.required("type", &faults),
            let entry = node.required("value", &faults), let value = entry.text(&faults)
        else { return nil }
        guard let type = typeNode.scalarText.flatMap(MetricType.init(rawValue:)) else {
            let known = MetricType.allCases.map(\.rawValue).joined(separator: ", ")
            faults.note(typeNode, "expected one of \(known), found \(typeNode.kindName)")
            return nil
        }
        guard type.takes(value.replacing(Self.levelMark, with: "0")) else {
            faults.note(entry, "expected a value of type \(type.rawValue), found \(entry.kindName)")
            return nil
        }
        self = .metric(name: name, type: type, value: value, isOfNode: isOfNode)
    }
}

extension CommandMessage.MetricType {
    fileprivate func takes(_ text: String) -> Bool {
        switch self {
        case .boolean: text == "true" || text == "false"
        case .int32: Int32(text) != nil
        case .uint32: UInt32(text) != nil
        case .float, .double: Double(text).map(\.isFinite) ?? false
        }
    }
}
