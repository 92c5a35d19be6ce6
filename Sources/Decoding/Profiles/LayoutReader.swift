internal import ConfigurationText
internal import Telemetry

/// Reads one message of a profile.
struct LayoutReader {
    let parameters: [DeviceProfile.Parameter]
    /// Byte order of fields that say none of their own.
    private(set) var isLittleEndian = false

    init(parameters: [DeviceProfile.Parameter]) {
        self.parameters = parameters
    }

    private static let keys = [
        "name", "port", "topic_ends", "match", "length", "byte_order", "time", "time_required",
        "bytes", "history", "channels", "identifier_bytes", "length_byte", "skip", "trailer",
        "groups", "presence", "repeats", "cayenne_lpp", "json", "each", "records", "rejections",
        "derived",
    ]

    mutating func message(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> MessageLayout?
    {
        node.allowKeys(Self.keys, &faults)
        if let order = node["byte_order"] {
            isLittleEndian = self.order(order, &faults) ?? false
        }
        guard let body = self.body(node, &faults) else { return nil }
        let times = node["time"].map { self.times($0, &faults) } ?? []
        let derived = node["derived"]?.sequence(&faults).compactMap { self.derivation($0, &faults) }
        return MessageLayout(
            name: node["name"]?.text(&faults) ?? "message",
            body: body,
            ports: node["port"].map { ports($0, &faults) } ?? [],
            topicEnding: node["topic_ends"]?.text(&faults).map { Array($0.utf8) } ?? [],
            conditions: node["match"]?.sequence(&faults).compactMap { condition($0, &faults) }
                ?? [],
            length: node["length"].flatMap { length($0, &faults) },
            times: times,
            needsTime: node["time_required"]?.flag(&faults) ?? false,
            rejections: node["rejections"]?.sequence(&faults).compactMap {
                rejection($0, &faults)
            } ?? [],
            derived: derived ?? []
        )
    }

    private func body(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> MessageLayout.Body?
    {
        let known = ["bytes", "channels", "groups", "cayenne_lpp", "json", "records"]
        let bodies = known.filter { node[$0] != nil }
        guard bodies.count == 1, let entry = node[bodies[0]] else {
            faults.note(
                node,
                "a message needs exactly one of \(known.joined(separator: ", "))"
            )
            return nil
        }
        switch bodies[0] {
        case "bytes":
            let fields = entry.sequence(&faults).compactMap { field($0, .bytes, &faults) }
            let history = node["history"]?.sequence(&faults).compactMap {
                self.history($0, &faults)
            }
            return .bytes(fields, history: history ?? [])
        case "channels": return channels(node, entry, &faults).map { .channels($0) }
        case "groups": return .groups(groups(node, entry, &faults))
        case "cayenne_lpp": return .channels(cayenneTable(entry, &faults))
        case "json":
            let fields = entry.sequence(&faults).compactMap { field($0, .json, &faults) }
            guard let each = node["each"] else { return .json(fields, each: nil) }
            if each.scalarText == "." { return .json(fields, each: .root) }
            return each.jsonPath(&faults).map { .json(fields, each: .path($0)) }
        default:
            return .records(entry.sequence(&faults).compactMap { field($0, .record, &faults) })
        }
    }

    private func channels(
        _ node: ConfigurationNode,
        _ list: ConfigurationNode,
        _ faults: inout FaultCollector
    ) -> ChannelTable? {
        let width = node["identifier_bytes"]?.integer(in: 1...2, &faults) ?? 2
        let hasLengthByte = node["length_byte"]?.flag(&faults) ?? false
        var channels: [ChannelTable.Channel] = []
        for entry in list.sequence(&faults) {
            entry.allowKeys(["id", "length", "fields", "time", "name_channel"], &faults)
            guard let idNode = entry.required("id", &faults) else { continue }
            let parts = (idNode.scalarText ?? "").split(separator: " ")
            let bytes = parts.map { $0 == "*" ? nil : UInt8($0, radix: 16) }
            guard parts.count == width, width == 1 || bytes[1] != nil,
                zip(parts, bytes).allSatisfy({ $0 == "*" || $1 != nil })
            else {
                faults.note(
                    idNode,
                    "expected \(width) hexadecimal byte(s) such as \"03 67\", '*' for any first one"
                )
                continue
            }
            let length = entry["length"]?.integer(in: 0...255, &faults)
            if !hasLengthByte, length == nil {
                faults.note(
                    entry,
                    "the key 'length' is missing: without it the next channel is lost"
                )
            }
            let fields =
                entry["fields"]?.sequence(&faults).compactMap { field($0, .bytes, &faults) } ?? []
            channels.append(
                ChannelTable.Channel(
                    first: bytes[0],
                    second: width == 2 ? bytes[1] ?? 0 : 0,
                    length: length,
                    fields: fields,
                    time: entry["time"].flatMap { byteField($0, &faults) },
                    namesChannel: entry["name_channel"]?.flag(&faults) ?? false
                )
            )
        }
        return ChannelTable(
            skip: node["skip"]?.integer(in: 0...255, &faults) ?? 0,
            trailer: node["trailer"]?.integer(in: 0...255, &faults) ?? 0,
            identifierWidth: width,
            hasLengthByte: hasLengthByte,
            channels: channels
        )
    }

    private func ports(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> [Int] {
        guard case .sequence(let nodes) = node.content else {
            return node.integer(in: 0...255, &faults).map { [$0] } ?? []
        }
        return nodes.compactMap { $0.integer(in: 0...255, &faults) }
    }

    private func length(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> ClosedRange<Int>?
    {
        guard case .sequence = node.content else {
            return node.integer(in: 0...255, &faults).map { $0...$0 }
        }
        return node.numberRange(&faults).flatMap { range in
            guard let low = Int(exactly: range.lowerBound),
                let high = Int(exactly: range.upperBound)
            else { return nil }
            return low...high
        }
    }

    func order(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> Bool? {
        switch node.scalarText {
        case "big": return false
        case "little": return true
        default:
            faults.note(node, "expected big or little, found \(node.kindName)")
            return nil
        }
    }

    /// The place of a number in bytes: `at`, `type`, and optionally `byte_order` and `bits`.
    func byteField(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> ByteField? {
        let at = node.required("at", &faults)?.integer(in: -255...255, &faults)
        guard let typeNode = node.required("type", &faults), let at else { return nil }
        guard let (form, width) = ByteField.form(named: typeNode.scalarText ?? "") else {
            faults.note(
                typeNode,
                "expected a type such as u8, i16, u24, sm16, f32, bcd4 or ascii4, found "
                    + typeNode.kindName
            )
            return nil
        }
        let bits = node["bits"].flatMap { self.bits($0, width: width, form, &faults) }
        return ByteField(
            at: at,
            width: width,
            form: form,
            isLittleEndian: node["byte_order"].flatMap { order($0, &faults) } ?? isLittleEndian,
            bits: bits
        )
    }

    private func bits(
        _ node: ConfigurationNode,
        width: Int,
        _ form: ByteField.Form,
        _ faults: inout FaultCollector
    ) -> ByteField.Bits? {
        let numbers: [Int]
        if case .sequence(let nodes) = node.content {
            numbers = nodes.compactMap { $0.integer(in: 0...64, &faults) }
        } else {
            numbers = node.integer(in: 0...63, &faults).map { [$0, 1] } ?? []
        }
        guard numbers.count == 2, numbers[1] >= 1, numbers[0] + numbers[1] <= width * 8,
            form == .unsigned || form == .signed
        else {
            faults.note(node, "expected a bit, or [lowest bit, count], inside an integer type")
            return nil
        }
        return ByteField.Bits(lowest: numbers[0], count: numbers[1])
    }

    /// A JSON path, or a place in bytes.
    func source(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> ValueSource? {
        if let path = node["path"] { return path.jsonPath(&faults).map { .json($0) } }
        if let name = node["record"] {
            return name.text(&faults).map { .record(JSONKey($0)) }
        }
        return byteField(node, &faults).map { .bytes($0) }
    }
}
