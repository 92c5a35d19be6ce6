internal import ConfigurationText
internal import QualityControl
internal import Telemetry

extension SettingsReader {
    /// Reads what readings are held against.
    mutating func readQuality(_ node: ConfigurationNode, into policy: inout QualityPolicy) {
        node.allowKeys(["quantities", "devices"], &faults)
        if let quantities = node["quantities"] {
            policy.quantities = changes(quantities)
            checkRests(quantities, policy.quantities) { policy.limits(of: $0, device: "") }
        }
        guard let devices = node["devices"] else { return }
        for entry in devices.mapping(&faults) {
            let changes = changes(entry.value)
            policy.devices[entry.key] = changes
            checkRests(entry.value, changes) { policy.limits(of: $0, device: entry.key) }
        }
    }

    /// Refuses a number of equal readings where nothing looks for a flat line.
    private mutating func checkRests(
        _ node: ConfigurationNode,
        _ changes: [String: QualityPolicy.Change],
        _ limits: (Quantity) -> QualityLimits
    ) {
        for (id, change) in changes.sorted(by: { $0.key < $1.key })
        where change.flatReadings != nil && change.flatAfter == nil {
            guard let quantity = Quantity.named(id), limits(quantity).flatAfter == nil,
                let entry = node[id]?["flat_readings"]
            else { continue }
            faults.note(
                entry,
                "no flat line is looked for in \(id), so that this has no effect; set "
                    + "flat_after too"
            )
        }
    }

    private mutating func changes(_ node: ConfigurationNode) -> [String: QualityPolicy.Change] {
        var changes: [String: QualityPolicy.Change] = [:]
        for entry in node.mapping(&faults) {
            guard let quantity = Quantity.named(entry.key) else {
                faults.note(entry.value, Self.noQuantity(entry.key))
                continue
            }
            changes[entry.key] = change(entry.value, quantity)
        }
        return changes
    }

    /// Says which quantities there are: those of the same kind of thing, else the kinds.
    private static func noQuantity(_ id: String) -> String {
        let kind = "\(id.split(separator: ".").first ?? "")."
        let alike = Quantity.all.map(\.id).filter { $0.hasPrefix(kind) }
        if !alike.isEmpty {
            return "there is no quantity '\(id)'; there are \(alike.joined(separator: ", "))"
        }
        let kinds = Set(
            Quantity.all.compactMap { $0.id.split(separator: ".").first.map(String.init) }
        )
        return "there is no quantity '\(id)'; their names begin with "
            + kinds.sorted().map { "\($0)." }.joined(separator: ", ")
    }

    private mutating func change(
        _ node: ConfigurationNode,
        _ quantity: Quantity
    ) -> QualityPolicy.Change {
        node.allowKeys(
            [
                "range", "sentinels", "flat_after", "flat_readings", "spike_factor",
                "least_shift", "fastest_change",
            ],
            &faults
        )
        var change = QualityPolicy.Change()
        if let range = node["range"] { change.range = self.range(range) }
        if let sentinels = node["sentinels"] { change.sentinels = self.sentinels(sentinels) }
        if let after = node["flat_after"] {
            change.flatAfter = switched(after) { reader, node in reader.rest(node) }
        }
        if let least = node["flat_readings"]?.integer(in: 2...100_000, &faults) {
            change.flatReadings = UInt32(least)
        }
        if let factor = node["spike_factor"] {
            change.spikeFactor = switched(factor) { reader, node in reader.positive(node) }
            if quantity.kind != .gauge, change.spikeFactor != .off {
                faults.note(factor, "\(quantity.id) is no gauge: spikes are found in gauges alone")
            }
        }
        if let least = node["least_shift"] {
            change.leastShift = switched(least) { reader, node in reader.positive(node) }
            if quantity.kind != .gauge, change.leastShift != .off {
                faults.note(least, "\(quantity.id) is no gauge: only a gauge keeps a level")
            }
        }
        if let fastest = node["fastest_change"] {
            change.fastestChangePerHour = switched(fastest) { reader, node in
                reader.positive(node)
            }
        }
        return change
    }

    /// A value, or off.
    private mutating func switched<Value>(
        _ node: ConfigurationNode,
        _ read: (inout SettingsReader, ConfigurationNode) -> Value?
    ) -> QualityPolicy.Switch<Value>? {
        if node.scalarText == "off" { return .off }
        return read(&self, node).map { .on($0) }
    }

    private mutating func rest(_ node: ConfigurationNode) -> Milliseconds? {
        guard let span = span(node) else { return nil }
        guard span <= QualityLimits.longestRest else {
            faults.note(node, "a value may rest for 365d at most")
            return nil
        }
        return span
    }

    private mutating func positive(_ node: ConfigurationNode) -> Double? {
        guard let number = node.number(&faults) else { return nil }
        guard number > 0 else {
            faults.note(node, "expected a number above 0, or off, found \(number)")
            return nil
        }
        return number
    }

    private mutating func range(_ node: ConfigurationNode) -> ClosedRange<Double>? {
        let ends = node.sequence(&faults)
        guard ends.count == 2, let low = ends[0].number(&faults),
            let high = ends[1].number(&faults), low <= high
        else {
            faults.note(node, "expected a range such as [0, 14], the lower end first")
            return nil
        }
        return low...high
    }

    private mutating func sentinels(_ node: ConfigurationNode) -> [Double]? {
        let items = node.sequence(&faults)
        guard items.count <= QualityLimits.maximumSentinels else {
            faults.note(node, "\(QualityLimits.maximumSentinels) sentinels at most")
            return nil
        }
        return items.compactMap { $0.number(&faults) }
    }
}
