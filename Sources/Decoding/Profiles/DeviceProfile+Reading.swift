internal import ConfigurationText
internal import Telemetry

/// Parts of profiles, read from YAML.
extension DeviceProfile {
    static func isIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"): true
        default: false
        }
    }

    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: ConfigurationNode,
        _ faults: inout FaultCollector
    ) -> Choice? where Choice.RawValue == String {
        if let text = node.scalarText, let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue).sorted().joined(separator: ", ")
        faults.note(node, "expected one of \(known), found \(node.kindName)")
        return nil
    }

    static func parameters(_ node: ConfigurationNode?, _ faults: inout FaultCollector)
        -> [Parameter]
    {
        var parameters: [Parameter] = []
        for (id, entry) in node?.mapping(&faults) ?? [] {
            entry.allowKeys(["default", "range", "unit", "help"], &faults)
            let standard = entry.required("default", &faults)?.number(&faults) ?? 0
            let range =
                entry.required("range", &faults).flatMap { $0.numberRange(&faults) }
                ?? standard...standard
            if !range.contains(standard) {
                faults.note(entry, "the default \(standard) is outside the range")
            }
            parameters.append(
                Parameter(
                    id: id,
                    standard: standard,
                    range: range,
                    unit: entry.required("unit", &faults)?.text(&faults) ?? "",
                    help: entry.required("help", &faults)?.text(&faults) ?? ""
                )
            )
        }
        return parameters
    }
}

/// Values of the profile language that are more than a number or a text.
extension ConfigurationNode {
    /// A span as `15m`, `-1h`, `90s`, `1d`.
    func span(_ faults: inout FaultCollector) -> Milliseconds? {
        let text = scalarText ?? ""
        if let unit = text.last, let count = Int64(text.dropLast()), abs(count) <= 100_000 {
            switch unit {
            case "s": return .seconds(count)
            case "m": return .minutes(count)
            case "h": return .hours(count)
            case "d": return .days(count)
            default: break
            }
        }
        faults.note(self, "expected a span such as 15m, 1h or 1d, found \(kindName)")
        return nil
    }

    /// A path into a JSON document.
    func jsonPath(_ faults: inout FaultCollector) -> JSONPath? {
        if let path = scalarText.flatMap(JSONPath.init) { return path }
        faults.note(
            self,
            "expected a path such as properties.fill, rx[0].rssi or [\"switch:0\"].apower, found "
                + kindName
        )
        return nil
    }

    /// Two numbers in a list, the lower first.
    func numberRange(_ faults: inout FaultCollector) -> ClosedRange<Double>? {
        let values = sequence(&faults).compactMap { $0.number(&faults) }
        guard values.count == 2, values[0] <= values[1] else {
            faults.note(self, "expected a list of two numbers, the lower first")
            return nil
        }
        return values[0]...values[1]
    }

    /// A raw value: a text when it is quoted or is no number, a number else.
    func rawMatch(_ faults: inout FaultCollector) -> RawMatch? {
        guard case .scalar(let text, let isQuoted) = content else {
            faults.note(self, "expected a value, found \(kindName)")
            return nil
        }
        if !isQuoted {
            if text.hasPrefix("0x"), let value = Int(text.dropFirst(2), radix: 16) {
                return .number(Double(value))
            }
            if let value = Double(text), value.isFinite { return .number(value) }
            // JSON's true and false are the numbers 1 and 0 to conditions and meanings.
            if text == "true" { return .number(1) }
            if text == "false" { return .number(0) }
        }
        return .text(Array(text.utf8))
    }

    /// A list of raw values, or one alone.
    func rawMatches(_ faults: inout FaultCollector) -> [RawMatch] {
        if case .sequence(let nodes) = content {
            return nodes.compactMap { $0.rawMatch(&faults) }
        }
        return rawMatch(&faults).map { [$0] } ?? []
    }
}
